// The part of a page without letters: ground, overlay or map in pixels, and the contours over it as lines. Any thread.
#pragma once

#include "app/exports/shown_map.h"

namespace app::exports {

struct PicturePart {
    QImage image; // opaque; null where there is nothing to show, or it would be too large
    std::vector<QPolygonF> contours; // in its pixels
    QRectF crop; // where the map lies, if that is not everywhere; in its pixels
};

// Small pictures are enlarged by a whole number, so that a weight stays a rectangle in whatever shows the file.
PicturePart picturePart(const ShownMap& shown, QColor paper);

} // namespace app::exports
