#include "engine/perceiver/position_table.h"

namespace engine::perceiver {

int64_t PositionTable::channels() const
{
    return fourierChannels(int64_t(axes.size()), bands);
}

PositionTable positionTable(
    ops::Device& device, const Shape& grid, const Shape& maxResolution, int64_t bands, Grid kind)
{
    PositionTable table{.bands = bands, .maxResolution = maxResolution};
    for (size_t axis = 0; axis < grid.size(); ++axis)
        table.axes.push_back(device.upload(fourierAxis(grid[axis], maxResolution[axis], bands, kind)));
    return table;
}

} // namespace engine::perceiver
