#include "engine/vulkan/record.h"

#include <algorithm>

namespace engine::vulkan {

namespace {

using shaders::KernelId;

uint32_t u(int64_t value)
{
    return uint32_t(value);
}

shaders::Grid push(const ops::GridPoints& points, int64_t rows, int64_t columns, const ops::Tensor& x)
{
    shaders::Grid p{.rows = u(rows), .columns = u(columns), .stride = u(x.stride())};
    p.axes = u(int64_t(points.extents.size()));
    p.first = u(points.first);
    for (size_t a = 0; a < points.extents.size(); ++a) {
        p.extents[a] = u(points.extents[a]);
        p.blocks[a] = u(points.block(a));
    }
    return p;
}

void setStrides(shaders::Grid& p, const std::vector<ops::Tensor>& tables)
{
    for (size_t a = 0; a < tables.size(); ++a)
        p.tableStrides[a] = u(tables[a].stride());
}

// A table an axis; the last one stands for those that are not there.
Binding axis(const std::vector<ops::Tensor>& tables, size_t a)
{
    return reads(tables[std::min(a, tables.size() - 1)]);
}

} // namespace

void recordOp(Recorder& r, const ops::GridStatistics& op)
{
    const ops::Tensor& x = op.x.exists() ? op.x : op.axes.front(); // bound, but of no columns
    shaders::Grid p = push(op.points, op.y.rows(), op.x.columns(), x);
    p.positionChannels = u(op.positionChannels);
    p.yStride = u(op.y.stride());
    setStrides(p, op.axes);
    Work work = elementGrid(op.y.rows(), 64, double(op.x.columns()) * 2 + 8);
    work.trips = op.x.columns() / 2 + 4;
    record(r, KernelId::grid_statistics, {reads(x), axis(op.axes, 0), axis(op.axes, 1), axis(op.axes, 2), writes(op.y)},
        p, work);
}

void recordOp(Recorder& r, const ops::GridScores& op)
{
    shaders::Grid p = push(op.points, op.scores.rows(), op.scores.columns(), op.scores);
    p.mode = !op.pointsAreColumns;
    p.statisticsStride = u(op.statistics.stride());
    p.hasBias = op.bias.exists();
    p.alpha = op.alpha;
    setStrides(p, op.tables);
    Work work = elementGrid(op.scores.rows() * (ops::padded(op.scores.columns()) / 4), 64, 16);
    work.trips = 8;
    record(r, KernelId::grid_scores,
        {writes(op.scores), axis(op.tables, 0), axis(op.tables, 1), axis(op.tables, 2), reads(op.statistics),
            reads(op.sums), reads(op.bias)},
        p, work);
}

void recordOp(Recorder& r, const ops::GridSums& op)
{
    const int64_t rows = op.weights.rows(), columns = op.weights.columns();
    shaders::Grid p = push(op.points, rows, columns, op.weights);
    p.statisticsStride = u(op.statistics.stride());
    p.yStride = u(op.means.stride());
    const uint32_t lanes = r.limits().software ? 8 : 64;
    Work weigh = rowGrid(rows, double(columns) * 16, lanes, 0, &p.gridWidth);
    weigh.constants.resize(2);
    weigh.trips = columns / lanes + 1 + lanes;
    record(r, KernelId::grid_weights, {writes(op.weights), reads(op.statistics), writes(op.means)}, p, weigh);
    for (size_t a = 0; a < op.marginals.size(); ++a) {
        const int64_t block = op.points.block(a), extent = op.points.extents[a];
        const int64_t first = op.points.first / block, last = (op.points.first + columns - 1) / block;
        p.mode = u(int64_t(a));
        p.yStride = u(op.marginals[a].stride());
        p.touched = u(std::min(extent, last - first + 1));
        p.firstIndex = u(first % extent);
        Work work = elementGrid(rows * int64_t(p.touched), 64, double(columns) / double(p.touched) * 4);
        work.trips = columns / int64_t(p.touched) + 2 * (columns / (block * extent) + 2) + block;
        record(r, KernelId::grid_sums, {reads(op.weights), writes(op.marginals[a])}, p, work);
    }
}

} // namespace engine::vulkan
