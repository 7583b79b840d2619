// How far a flow is from the truth, over the pixels whose truth is known, and where it is occluded. Any thread.
#pragma once

#include "engine/base/image.h"
#include "engine/base/result.h"

namespace app::formats {

// End-point error in pixels; rates in per cent: errors above 1, 3, 5 px, and KITTI's Fl-all (above 3 px and above 5 %
// of the true length).
struct FlowErrors {
    double epe = 0, px1 = 0, px3 = 0, px5 = 0, flAll = 0;
    int64_t pixels = 0;
};
engine::Result<FlowErrors> compareFlow(const engine::FlowField& flow, const engine::FlowField& truth);

// The lengths of the known vectors, in pixels.
std::vector<float> knownLengths(const engine::FlowField& flow);
// The mean length of the known vectors, in pixels.
double meanMotion(const engine::FlowField& flow);

// Whether a pixel of frame 1 is not seen in frame 2: |f + b(x + f)|^2 > 0.01 (|f|^2 + |b|^2) + 0.5 (Sundaram, Brox and
// Keutzer 2010, equation 5), or the flow leads out of the picture or is unknown. Both fields are of one size.
bool occludedAt(const engine::FlowField& forward, const engine::FlowField& backward, int x, int y);
// That as a picture, 255 where it is so. Grey as RGB.
engine::Image occlusion(const engine::FlowField& forward, const engine::FlowField& backward);

} // namespace app::formats
