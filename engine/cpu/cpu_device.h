// The operations natively: products by oneDNN, the rest in Highway's vectors, on all cores that the process may use
// (OMP_NUM_THREADS sets fewer). Always there; the default where there is no real GPU. An operation is computed when it
// is called; a cancel is seen between operations. Engine thread.
#pragma once

#include "engine/ops/device.h"

namespace engine::cpu {

ops::DeviceInfo deviceInfo(); // the processor's name, memory of the machine; any thread
std::unique_ptr<ops::Device> createDevice();

} // namespace engine::cpu
