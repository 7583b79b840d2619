// The second frame drawn back to the first by the flow. Any thread.
#pragma once

#include "engine/base/image.h"

namespace app::views {

// y(pixel) = second(pixel + flow(pixel)), bilinear between the middles of pixels: with the true flow, the first frame.
struct WarpedFrame {
    engine::Image image;
    std::vector<uint8_t>
        seen; // a byte a pixel: 1, or 0 (and black) where the vector leads out of the frame or is unknown
};
// `second` is of the flow's size.
WarpedFrame warpBack(const engine::Image& second, const engine::FlowField& flow);

} // namespace app::views
