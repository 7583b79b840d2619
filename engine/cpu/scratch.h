// Room for a task's intermediate values, one for each thread, kept for the next task. Internal to engine/cpu; any
// thread; what an earlier call gave is gone with the next one of the same kind.
#pragma once

#include <cstddef>
#include <cstdint>

namespace engine::cpu {

enum class Scratch { Normalised, Scores, Queries, Split, Packed, Weights, Context, Operand, Planes };
constexpr size_t kScratches = 9;
float* scratch(Scratch kind, int64_t floats);

} // namespace engine::cpu
