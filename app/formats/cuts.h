// Cuts: where a video goes on with another scene. Found from small grey copies of the frames, which motion hardly
// changes. Any thread.
#pragma once

#include "engine/base/image.h"

#include <array>
#include <functional>

namespace app::formats {

// Of a frame, averaged down to 16 x 16.
using SmallGrey = std::array<uint8_t, size_t(16) * 16>;

SmallGrey smallGrey(const engine::Image& image);
// The mean difference of two frames, 0 … 255. A film's frames differ by 1 to 10, its cuts by 12 to 100.
double difference(const SmallGrey& first, const SmallGrey& second);

// So many frames before and after one are looked at.
constexpr int64_t kCutReach = 4;
// Whether another scene begins with a frame. at: the frames' copies; null where there is none or it is not known. A cut
// is a large difference, much larger than those about it (but for one: a scene may be short), and nothing after it
// looks like anything before: a fast pan is none, nor is a fade, nor a flash, after which the picture is back.
bool isCutAt(const std::function<const SmallGrey*(int64_t)>& at, int64_t frame);

} // namespace app::formats
