#include "engine/perceiver/token_rows.h"

#include "engine/base/assert.h"

namespace engine::perceiver {

namespace {

// An axis' channels at their places in a row (positions of all axes, sines axis by axis, cosines axis by axis).
HostTensor widened(const HostTensor& axis, int64_t number, int64_t axes, int64_t features, int64_t channels)
{
    const int64_t bands = (axis.columns() - 1) / 2;
    HostTensor wide({axis.rows(), channels});
    for (int64_t i = 0; i < axis.rows(); ++i) {
        wide.at(i, features + number) = axis.at(i, 0);
        for (int64_t k = 0; k < bands; ++k) {
            wide.at(i, features + axes + number * bands + k) = axis.at(i, 1 + k);
            wide.at(i, features + axes + (axes + number) * bands + k) = axis.at(i, 1 + bands + k);
        }
    }
    return wide;
}

HostTensor sumsOf(const HostTensor& wide)
{
    HostTensor sums({wide.rows(), 2});
    for (int64_t i = 0; i < wide.rows(); ++i) {
        double sum = 0, squares = 0;
        for (int64_t c = 0; c < wide.columns(); ++c) {
            sum += double(wide.at(i, c));
            squares += double(wide.at(i, c)) * double(wide.at(i, c));
        }
        sums.at(i, 0) = float(sum);
        sums.at(i, 1) = float(squares);
    }
    return sums;
}

} // namespace

std::shared_ptr<const RowGrid> rowGrid(ops::Device& device, const Shape& grid, const Shape& maxResolution,
    int64_t bands, int64_t features, Grid kind, const HostTensor* padding)
{
    const int64_t axes = int64_t(grid.size()), positions = fourierChannels(axes, bands);
    auto rows = std::make_shared<RowGrid>();
    rows->table = positionTable(device, grid, maxResolution, bands, kind);
    rows->extents = grid;
    rows->features = features;
    rows->channels = features + positions + (padding ? padding->size() : 0);
    if (padding)
        rows->padding = device.upload(1, padding->size(), padding->values);
    for (int64_t a = 0; a < axes; ++a) {
        HostTensor wide = widened(
            fourierAxis(grid[size_t(a)], maxResolution[size_t(a)], bands, kind), a, axes, features, rows->channels);
        for (int64_t i = 0; i < wide.rows() && padding && a == 0; ++i)
            for (int64_t c = 0; c < padding->size(); ++c)
                wide.at(i, features + positions + c) = padding->values[size_t(c)];
        rows->wide.push_back(device.upload(wide));
        rows->sums.push_back(device.upload(sumsOf(wide)));
    }
    return rows;
}

ops::Tensor chosenRows(ops::Device& device, const ops::Tensor& table, const Selection& selection)
{
    if (selection.points.empty())
        return table.rowRange(selection.first, selection.count);
    ops::Tensor rows = device.create(selection.size(), table.columns());
    device.gatherRows({table, device.uploadIndices(selection.points), rows});
    return rows;
}

ops::Tensor wholeRows(ops::Device& device, const RowGrid& grid, const ops::Tensor& features, const Selection& points)
{
    ops::Tensor rows = device.zeros(points.size(), grid.channels);
    if (grid.features > 0)
        device.copyColumns({features, rows, 0});
    device.fourierColumns({.axes = grid.table.axes,
        .bands = grid.table.bands,
        .first = points.first,
        .points = points.points.empty() ? ops::Indices() : device.uploadIndices(points.points),
        .y = rows,
        .column = grid.features});
    if (grid.padding.exists())
        device.fillColumns({grid.padding, rows, grid.features + grid.table.channels()});
    return rows;
}

ops::Tensor rowStatistics(
    ops::Device& device, const RowGrid& grid, const ops::Tensor& features, int64_t first, int64_t count)
{
    const ops::Tensor statistics = device.create(count, 2);
    device.gridStatistics({.x = features,
        .points = grid.points(first),
        .axes = grid.sums,
        .positionChannels = grid.channels - grid.features,
        .y = statistics});
    return statistics;
}

TokenRows::TokenRows(ops::Device& device, ops::Tensor features, std::shared_ptr<const RowGrid> grid)
    : m_stored(std::move(features)), m_grid(std::move(grid))
{
    ENGINE_ASSERT(m_stored.rows() == m_grid->points().count() && m_stored.columns() == m_grid->features,
        "a row for each point of the grid");
    m_statistics = rowStatistics(device, *m_grid, m_stored, 0, m_stored.rows());
}

ops::Tensor TokenRows::range(ops::Device& device, int64_t first, int64_t count) const
{
    return m_grid ? wholeRows(device, *m_grid, m_stored.rowRange(first, count), {.first = first, .count = count})
                  : m_stored.rowRange(first, count);
}

ops::Tensor TokenRows::chosen(ops::Device& device, const Selection& rows) const
{
    const ops::Tensor some = chosenRows(device, m_stored, rows);
    return m_grid ? wholeRows(device, *m_grid, some, rows) : some;
}

} // namespace engine::perceiver
