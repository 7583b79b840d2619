#include "engine/ops/grid.h"

#include "engine/ops/device.h"

#include <algorithm>

namespace engine::ops {

int64_t GridPoints::count() const
{
    int64_t points = 1;
    for (const int64_t extent : extents)
        points *= extent;
    return points;
}

int64_t GridPoints::block(size_t axis) const
{
    int64_t points = 1;
    for (size_t a = axis + 1; a < extents.size(); ++a)
        points *= extents[a];
    return points;
}

void attendGrid(Device& device, AttendGrid& op)
{
    const int64_t n = op.q.rows(), m = op.x.rows(), f = op.x.columns();
    op.context = device.zeros(n, f);
    op.means = device.zeros(n, 1);
    op.maximum = device.upload(1, n, std::vector<float>(size_t(n), kNoMaximum));
    op.sum = device.zeros(1, n);
    op.marginals.clear();
    for (const int64_t extent : op.points.extents)
        op.marginals.push_back(device.zeros(n, extent));
    if (device.attendGridFused(op))
        return;

    std::vector<Tensor> running{op.context, op.means};
    running.insert(running.end(), op.marginals.begin(), op.marginals.end());
    const int64_t step = std::max<int64_t>(64, device.scratchFloats() / n / 64 * 64);
    for (int64_t first = 0; first < m && !device.failed(); first += step) {
        const int64_t count = std::min(step, m - first);
        const Tensor features = op.x.rowRange(first, count), statistics = op.statistics.rowRange(first, count);
        const GridPoints points{op.points.extents, first};
        const Tensor s = device.create(n, count); // [N, M']
        device.gemm({.rows = n, .columns = count, .depth = f, .a = {op.q}, .b = {features}, .c = {s}});
        device.gridScores({.scores = s,
            .points = points,
            .tables = op.tables,
            .statistics = statistics,
            .sums = op.sums,
            .alpha = op.alpha});
        const Tensor factor = device.create(1, n);
        device.softmaxChunk(
            {s, op.mask.exists() ? op.mask.columnRange(first, count) : Tensor(), op.maximum, op.sum, factor});
        for (const Tensor& part : running)
            device.scaleRows({part, factor, 1, n, false});
        device.gridSums({s, points, statistics, op.marginals, op.means});
        const Tensor turned = device.create(f, count);
        device.transpose({features, turned, 1});
        device.gemm({.rows = n,
            .columns = f,
            .depth = count,
            .a = {.tensor = s, .bound = 1},
            .b = {turned},
            .c = {op.context},
            .residual = op.context});
    }
    for (const Tensor& part : running)
        device.scaleRows({part, op.sum, 1, n, true});
}

} // namespace engine::ops
