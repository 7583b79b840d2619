// Products with operands rounded to bfloat16 and sums in single precision, where the processor multiplies those
// (AVX-512 BF16, AMX): several times as many a second, with errors of some thousandths of the largest value. What is
// asked for by precision Fast. By oneDNN's matmul; weights are kept rounded. Internal to engine/cpu; engine thread.
#pragma once

#include "engine/ops/operations.h"

namespace engine::cpu {

bool multipliesBfloat16(); // whether this processor does

// False where a product gains nothing by it or has a form that is not covered: then compute it exactly.
bool computeFast(const ops::Gemm& op);

} // namespace engine::cpu
