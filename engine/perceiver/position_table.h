// Positions of a grid as columns of a token: per-axis tables on the device, shared by all tokens (2.7). Engine thread.
#pragma once

#include "engine/ops/device.h"
#include "engine/perceiver/positions.h"

namespace engine::perceiver {

struct PositionTable {
    std::vector<ops::Tensor> axes; // [extent, 1 + 2 bands] each
    int64_t bands = 0;
    Shape maxResolution;

    int64_t channels() const;
};
PositionTable positionTable(
    ops::Device& device, const Shape& grid, const Shape& maxResolution, int64_t bands, Grid kind = Grid::Closed);

} // namespace engine::perceiver
