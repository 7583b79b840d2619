#include "app/views/flow_warp.h"

#include <algorithm>
#include <cmath>

namespace app::views {

WarpedFrame warpBack(const engine::Image& second, const engine::FlowField& flow)
{
    const int width = flow.width, height = flow.height;
    WarpedFrame warped{engine::Image(width, height), std::vector<uint8_t>(size_t(width) * size_t(height))};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const float* v = flow.vector(x, y);
            const float fromX = float(x) + v[0], fromY = float(y) + v[1];
            // false for NaN, too
            if (!(fromX >= 0 && fromY >= 0 && fromX <= float(width - 1) && fromY <= float(height - 1)))
                continue;
            const int x0 = int(fromX), y0 = int(fromY), x1 = std::min(x0 + 1, width - 1),
                      y1 = std::min(y0 + 1, height - 1);
            const float right = fromX - float(x0), down = fromY - float(y0);
            for (int c = 0; c < 3; ++c) {
                const float top = std::lerp(float(second.pixel(x0, y0)[c]), float(second.pixel(x1, y0)[c]), right),
                            bottom = std::lerp(float(second.pixel(x0, y1)[c]), float(second.pixel(x1, y1)[c]), right);
                warped.image.pixel(x, y)[c] = uint8_t(std::lround(std::lerp(top, bottom, down)));
            }
            warped.seen[size_t(y) * size_t(width) + size_t(x)] = 1;
        }
    return warped;
}

} // namespace app::views
