// The operations natively: products by oneDNN, the rest in Highway's vectors, on all cores that the process may use
// (OMP_NUM_THREADS sets fewer). Always there; the default where there is no real GPU. An operation is computed when it
// is called; a cancel is seen between operations. Engine thread.
#pragma once

#include "engine/ops/device.h"

namespace engine::cpu {

ops::DeviceInfo deviceInfo(); // the processor's name, memory of the machine; any thread
// precision Fast: exact where the processor multiplies no bfloat16 (fast_gemm.h).
std::unique_ptr<ops::Device> createDevice(ops::Precision precision = ops::Precision::Exact);

} // namespace engine::cpu
