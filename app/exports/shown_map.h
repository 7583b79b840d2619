// What a view shows, as a plain value: all that an export needs to show the same. Any thread.
#pragma once

#include "app/views/map_picture.h"

namespace app::exports {

struct ShownMap {
    // What the map lies over; null: the map stands alone.
    QImage ground;
    // Where on the ground, pixels; empty: all over it. Of a map [T, H, W] the frames lie in it from left to right.
    QRect crop;
    // [H, W]; [N] is a line, folded where it is long; [T, H, W] frames beside one another.
    engine::HostTensor map;
    // What tables hold in the map's place: [H, W, K] and the names of the K; empty: the map.
    engine::HostTensor numbers;
    std::vector<std::string> names;
    views::ColourMap colours = views::ColourMap::Viridis;
    views::MapScale scale;
    std::optional<float> top; // of a global scale
    float opacity = 0.8f; // over a ground
    bool smooth = false; // between the weights, as the view draws it; else each weight is a rectangle
    bool contours = false; // at a quarter, a half and three quarters of the scale
    QString caption;
    QString unit; // what the weights are: "share of attention"
    // Where the view shows another picture (a flow field, a table): that, as it is, without a scale.
    QImage instead;
    bool darkPaper = false;
};

} // namespace app::exports
