// How maps and motion are drawn: a plain value, part of what can be undone and of what sessions keep.
#pragma once

#include "app/views/colour_map.h"
#include "app/views/flow_views.h"
#include "app/views/map_scale.h"

namespace app::document {

// Of two maps, A pinned and B the newest.
enum class Compare { B, A, Difference };

// What the large pane of two frames shows.
enum class FramesPane { Flow, First, Second, Blink, Slider };

struct Look {
    views::ColourMap colours = views::ColourMap::Viridis;
    views::MapScale scale;
    float opacity = 0.85f; // of the map over a picture
    bool overlay = true, contours = false, marginals = false;
    Compare compare = Compare::B;
    FramesPane frames = FramesPane::Flow;
    views::FlowView flow = views::FlowView::Colours;
    views::FlowScale flowScale;

    bool operator==(const Look&) const = default;
};

} // namespace app::document
