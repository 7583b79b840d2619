// The numbers behind a view of the motion, pixel by pixel, for tables. What is not known is NaN. Any thread.
#pragma once

#include "app/views/flow_views.h"
#include "engine/base/host_tensor.h"

namespace app::views {

struct FlowNumbers {
    engine::HostTensor values; // [H, W, K]
    std::vector<std::string> names; // K: {"u", "v"}
};

// Colours and Arrows: u and v; Magnitude and Error: pixels of length; Occlusion: 1 where it is hidden, else 0; Warped:
// red, green, blue; Difference: the mean over these of |warped frame 2 - frame 1|, not amplified; 0 … 255 both. Empty
// where something is lacking.
FlowNumbers flowNumbers(FlowView view, const FlowShown& shown);

} // namespace app::views
