// A flow as arrows in a grid that follows the picture's size. Any thread; painting on that of the painter's device.
#pragma once

#include "engine/base/image.h"

class QPainter;

namespace app::views {

// From the middle of pixel (x, y), with its vector (u, v) as it is: not an average, so no arrow lies at an edge.
struct FlowArrow {
    int x, y;
    float u, v;
};

struct FlowArrows {
    int spacing = 0; // pixels between two
    float factor = 1; // drawn length / motion: 1, 1.5, 2, 3, 5 or 7 times a power of ten, at most 20
    std::vector<FlowArrow> arrows; // of known vectors only
};

// An arrow as long as `largest` reaches about one place further.
FlowArrows flowArrows(const engine::FlowField& flow, float largest);

// Coloured by direction as on the wheel, with a dark outline; what moves by less than a pixel on the picture is a dot.
// The painter's origin is the picture's corner and `zoom` its units per pixel, so that arrows stay sharp on an enlarged
// picture.
void paintArrows(QPainter& painter, const FlowArrows& arrows, double zoom = 1);

} // namespace app::views
