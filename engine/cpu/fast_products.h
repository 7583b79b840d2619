// Precision fast: operations with operands rounded to bfloat16 and sums in single precision, where the processor
// multiplies those: several times as many a second, with errors of some thousandths of the largest value. What a
// product gains nothing by or has no form for is left to the exact function. Internal to engine/cpu; engine thread.
#pragma once

#include "engine/ops/operations.h"

namespace engine::cpu {

// False where it was not done. Weights are kept rounded.
bool computeFast(const ops::Gemm& op);
// The same. Scores are as good as from floats (bfloat16.h), since a weight multiplies its score's error; weights and
// values are rounded once.
bool computeFast(const ops::Attend& op);

} // namespace engine::cpu
