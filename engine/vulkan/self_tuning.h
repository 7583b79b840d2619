// The short measurement at a GPU's first use: the tile classes at shapes of the models, and the fused attention against
// two products for each head. What a kernel gives is compared with what the small tile gives before its time counts: a
// kernel that is cut short by a driver looks fast. Internal to engine/vulkan; engine thread.
#pragma once

#include "engine/vulkan/context.h"

namespace engine::vulkan {

// Measures for `seconds` at most, by the wall clock, and gives `tuning` with what was measured; where the time is over
// before that, the rest stays as it was. choice: the device's own, whose variants are forced and left as they were.
// limits: software drivers, which only tests measure, get tiny shapes.
Tuning measured(ops::Device& device, DeviceChoice& choice, Tuning tuning, double seconds, const Limits& limits);

} // namespace engine::vulkan
