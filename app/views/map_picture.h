// Maps of weights as pictures, one pixel a weight, and what can be read off them. A map is [H, W]; [N] is a line of N;
// of [T, H, W] the frames lie one below the other. On ColourMap::Signed the scale is symmetric whatever it says, and
// nothing of a weight is its middle colour. Coordinates are in cells: weight (row, column) fills the square from
// (column, row) to (column + 1, row + 1), and its middle is where the weight is exact. Any thread.
#pragma once

#include "app/views/colour_map.h"
#include "app/views/map_scale.h"
#include "engine/base/host_tensor.h"

#include <QImage>
#include <QPolygonF>
#include <utility>

namespace app::views {

// `scale` as it is used with these colours: symmetric where they are signed.
MapScale scaleFor(ColourMap colours, MapScale scale);

// Opaque, RGB32. A null picture for an empty map.
QImage mapImage(
    const engine::HostTensor& map, ColourMap colours, const MapScale& scale, std::optional<float> top = std::nullopt);
// To lie over a picture: ARGB32 premultiplied. Nothing is transparent, the largest weight has `opacity` (0 to 1), and
// what is between is as opaque as it is shown large, so that the picture is seen where little was looked at.
QImage overlayImage(const engine::HostTensor& map, ColourMap colours, const MapScale& scale, float opacity,
    std::optional<float> top = std::nullopt);

// Lines along which the map, between the middles of its cells, has this weight: closed (first = last point), or from
// border to border; more weight lies to their right as drawn (y downwards). Marching squares; where a square's corners
// leave two ways, the mean of the four decides. NaN counts as less than any level.
std::vector<QPolygonF> contours(const engine::HostTensor& map, float level);

// Sums along x and y: one of each column (W of them), one of each row (H).
std::pair<std::vector<float>, std::vector<float>> marginals(const engine::HostTensor& map);

} // namespace app::views
