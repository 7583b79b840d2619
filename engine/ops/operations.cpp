// The operations' shapes, checked once for every device.
#include "engine/base/assert.h"
#include "engine/ops/device.h"

#include <algorithm>
#include <cmath>

namespace engine::ops {

template <typename Operation> void Device::run(const Operation& op, double flop)
{
    if (failed())
        return;
    on(op);
    countFlop(flop);
}

// ------------------------------------------------------------------------------------------------ shapes, checked once

namespace {

bool shaped(const Tensor& t, int64_t rows, int64_t columns)
{
    return t.rows() == rows && t.columns() == columns;
}

bool shapedOrNone(const Tensor& t, int64_t rows, int64_t columns)
{
    return !t.exists() || shaped(t, rows, columns);
}

bool sameShape(const Tensor& a, const Tensor& b)
{
    return shaped(a, b.rows(), b.columns());
}

// Whether every product's matrix of this operand lies within the tensor's memory.
bool holds(const GemmOperand& operand, const Gemm& op, int64_t rows, int64_t columns)
{
    const int64_t last = (op.outer - 1) * operand.outerStep + (op.inner - 1) * operand.innerStep;
    const int64_t end = last + (rows - 1) * operand.tensor.stride() + columns;
    return operand.outerStep % 4 == 0 && operand.innerStep % 4 == 0 && operand.outerStep >= 0 && operand.innerStep >= 0
        && end <= operand.tensor.extent();
}

int64_t windowEnd(int64_t out, int64_t stride)
{
    return (out - 1) * stride;
}

} // namespace

double fourierFlop(int64_t rows, int64_t columns)
{
    const double values = double(rows) * double(columns);
    return 5 * values * std::log2(values);
}

#define CHECK_SHAPES(condition) ENGINE_ASSERT(condition, "an operation's shapes")

void Device::gemm(const Gemm& op)
{
    CHECK_SHAPES(op.rows > 0 && op.columns > 0 && op.depth > 0 && op.outer > 0 && op.inner > 0);
    CHECK_SHAPES(holds(op.a, op, op.rows, op.depth) && holds(op.b, op, op.columns, op.depth)
        && holds(op.c, op, op.rows, op.columns));
    CHECK_SHAPES(shapedOrNone(op.bias, 1, op.columns));
    CHECK_SHAPES(!op.statistics.exists() || (shaped(op.statistics, op.rows, 2) && op.outer * op.inner == 1));
    CHECK_SHAPES(!op.residual.exists()
        || (sameShape(op.residual, op.c.tensor)
            && (op.outer * op.inner == 1 || op.residual.storage() == op.c.tensor.storage())));
    run(op, 2.0 * double(op.rows) * double(op.columns) * double(op.depth) * double(op.outer) * double(op.inner));
}

void Device::layerNorm(const LayerNorm& op)
{
    CHECK_SHAPES(sameShape(op.x, op.y) && shapedOrNone(op.gain, 1, op.x.columns())
        && shapedOrNone(op.offset, 1, op.x.columns()));
    run(op);
}

void Device::rowStatistics(const RowStatistics& op)
{
    CHECK_SHAPES(shaped(op.y, op.x.rows(), 2));
    run(op);
}

void Device::softmax(const Softmax& op)
{
    const int64_t rows = op.scores.rows();
    CHECK_SHAPES(rows > 0 && shapedOrNone(op.mask, 1, op.scores.columns()) && shapedOrNone(op.maximum, 1, rows)
        && shapedOrNone(op.sum, 1, rows));
    run(op);
}

void Device::softmaxChunk(const SoftmaxChunk& op)
{
    const int64_t rows = op.scores.rows();
    CHECK_SHAPES(rows > 0 && shapedOrNone(op.mask, 1, op.scores.columns()) && shaped(op.maximum, 1, rows)
        && shaped(op.sum, 1, rows) && shaped(op.factor, 1, rows));
    run(op);
}

void Device::probabilities(const Probabilities& op)
{
    const int64_t rows = op.scores.rows();
    CHECK_SHAPES(rows > 0 && shapedOrNone(op.mask, 1, op.scores.columns()) && shaped(op.maximum, 1, rows)
        && shaped(op.sum, 1, rows));
    run(op);
}

void Device::scaleRows(const ScaleRows& op)
{
    CHECK_SHAPES(op.queries > 0 && op.x.rows() % op.queries == 0 && op.x.columns() % op.heads == 0);
    CHECK_SHAPES(op.heads == 1 || (op.x.columns() / op.heads) % 4 == 0);
    CHECK_SHAPES(shaped(op.factor, 1, op.x.rows() * op.heads));
    run(op);
}

void Device::transpose(const Transpose& op)
{
    CHECK_SHAPES(
        op.outer > 0 && op.x.rows() % op.outer == 0 && shaped(op.y, op.outer * op.x.columns(), op.x.rows() / op.outer));
    run(op);
}

void Device::copyColumns(const CopyColumns& op)
{
    CHECK_SHAPES(op.x.rows() == op.y.rows() && op.column >= 0 && op.column + op.x.columns() <= op.y.columns());
    run(op);
}

void Device::fillColumns(const FillColumns& op)
{
    CHECK_SHAPES(op.row.rows() == 1 && op.column >= 0 && op.column + op.row.columns() <= op.y.columns());
    run(op);
}

void Device::fourierColumns(const FourierColumns& op)
{
    const int64_t axes = int64_t(op.axes.size());
    CHECK_SHAPES(axes >= 1 && axes <= 3 && op.bands > 0 && op.column >= 0);
    for (const Tensor& axis : op.axes)
        CHECK_SHAPES(axis.rows() > 0 && axis.columns() == 1 + 2 * op.bands);
    CHECK_SHAPES(op.column + axes * (1 + 2 * op.bands) <= op.y.columns());
    CHECK_SHAPES(op.points.count == 0 || op.points.count == op.y.rows());
    run(op);
}

void Device::gatherRows(const GatherRows& op)
{
    CHECK_SHAPES(op.rows.count == op.y.rows() && op.table.columns() == op.y.columns());
    run(op);
}

void Device::add(const Add& op)
{
    CHECK_SHAPES(sameShape(op.x, op.y));
    run(op);
}

void Device::unfold(const Unfold& op)
{
    CHECK_SHAPES(op.x.rows() == op.batch * op.height * op.width);
    CHECK_SHAPES(shaped(op.y, op.batch * op.outHeight * op.outWidth, op.window * op.window * op.x.columns()));
    run(op);
}

void Device::maxPool(const MaxPool& op)
{
    CHECK_SHAPES(op.x.rows() == op.height * op.width && shaped(op.y, op.outHeight * op.outWidth, op.x.columns()));
    CHECK_SHAPES(windowEnd(op.outHeight, op.stride) - op.padTop < op.height
        && windowEnd(op.outWidth, op.stride) - op.padLeft < op.width);
    run(op);
}

void Device::fuseHeads(const FuseHeads& op)
{
    CHECK_SHAPES(op.x.rows() == op.heads * op.y.rows() && op.x.columns() == op.y.columns());
    run(op);
}

void Device::multiplyRows(const MultiplyRows& op)
{
    CHECK_SHAPES(op.a.columns() == op.b.rows() && shaped(op.y, op.a.rows(), op.b.columns()));
    run(op, 2.0 * double(op.a.rows()) * double(op.b.rows()) * double(op.b.columns()));
}

void Device::rowSums(const RowSums& op)
{
    CHECK_SHAPES(shaped(op.y, 1, op.x.rows()));
    run(op);
}

void Device::cellSums(const CellSums& op)
{
    CHECK_SHAPES(shaped(op.places, 2, op.x.columns()) && op.columns.count <= op.x.columns() && op.begins.count >= 2
        && shaped(op.y, op.x.rows(), kCellSums * (op.begins.count - 1)));
    run(op);
}

void Device::resize(const Resize& op)
{
    CHECK_SHAPES(op.x.rows() == op.height * op.width && shaped(op.y, op.outHeight * op.outWidth, op.x.columns()));
    run(op);
}

void Device::warp(const Warp& op)
{
    CHECK_SHAPES(op.image.rows() == op.height * op.width && sameShape(op.image, op.y)
        && shaped(op.flow, op.height * op.width, 2));
    run(op);
}

void Device::matchingCosts(const MatchingCosts& op)
{
    const int64_t side = 2 * op.radius + 1;
    CHECK_SHAPES(op.first.rows() == op.batch * op.height * op.width && sameShape(op.first, op.second)
        && shaped(op.y, op.first.rows(), side * side) && op.window % 2 == 1);
    run(op);
}

void Device::localMotion(const LocalMotion& op)
{
    CHECK_SHAPES(op.first.rows() == op.batch * op.height * op.width && op.first.columns() == 3
        && sameShape(op.first, op.second) && shaped(op.y, op.first.rows(), 3 * int64_t(op.windows.size()))
        && std::all_of(op.windows.begin(), op.windows.end(), [](int64_t window) { return window % 2 == 1; }));
    run(op);
}

void Device::median(const Median& op)
{
    CHECK_SHAPES(op.x.rows() == op.height * op.width && sameShape(op.x, op.y) && op.window % 2 == 1);
    run(op);
}

void Device::cropTiles(const CropTiles& op)
{
    const int64_t tiles = int64_t(op.rowStarts.size() * op.columnStarts.size());
    CHECK_SHAPES(
        op.x.rows() == op.height * op.width && shaped(op.y, tiles * op.tileHeight * op.tileWidth, op.x.columns()));
    CHECK_SHAPES(int64_t(std::max(op.rowStarts.size(), op.columnStarts.size())) <= kMostTileStarts);
    run(op);
}

void Device::blendTiles(const BlendTiles& op)
{
    const int64_t tiles = int64_t(op.rowStarts.size() * op.columnStarts.size());
    CHECK_SHAPES(
        op.y.rows() == op.height * op.width && shaped(op.tiles, tiles * op.tileHeight * op.tileWidth, op.y.columns()));
    CHECK_SHAPES(int64_t(std::max(op.rowStarts.size(), op.columnStarts.size())) <= kMostTileStarts);
    run(op);
}

void Device::powerSpectrum(const PowerSpectrum& op)
{
    CHECK_SHAPES(op.x.rows() > 0 && op.x.columns() > 0 && sameShape(op.x, op.y));
    CHECK_SHAPES(std::max(op.x.rows(), op.x.columns()) <= kMostSpectrumSide);
    run(op, fourierFlop(op.x.rows(), op.x.columns()));
}

namespace {

bool onGrid(const GridPoints& points, int64_t count)
{
    return !points.extents.empty() && points.extents.size() <= 3 && points.first >= 0
        && points.first + count <= points.count();
}

// A tensor an axis, with `across` beside the axis' extent: [across, extent], or [extent, across].
bool fitAxes(const std::vector<Tensor>& tensors, const GridPoints& points, int64_t across, bool extentIsColumns)
{
    bool fit = tensors.size() == points.extents.size();
    for (size_t a = 0; a < tensors.size() && fit; ++a)
        fit = extentIsColumns ? shaped(tensors[a], across, points.extents[a])
                              : shaped(tensors[a], points.extents[a], across);
    return fit;
}

} // namespace

void Device::gridStatistics(const GridStatistics& op)
{
    CHECK_SHAPES(onGrid(op.points, op.y.rows()) && fitAxes(op.axes, op.points, 2, false) && op.positionChannels > 0
        && (!op.x.exists() || op.x.rows() == op.y.rows()) && op.y.columns() == 2);
    run(op);
}

void Device::gridScores(const GridScores& op)
{
    const int64_t points = op.pointsAreColumns ? op.scores.columns() : op.scores.rows();
    const int64_t others = op.pointsAreColumns ? op.scores.rows() : op.scores.columns();
    CHECK_SHAPES(onGrid(op.points, points) && fitAxes(op.tables, op.points, others, op.pointsAreColumns)
        && shaped(op.statistics, points, 2) && shaped(op.sums, 1, others)
        && (op.pointsAreColumns ? !op.bias.exists() : shapedOrNone(op.bias, 1, others)));
    run(op);
}

void Device::gridSums(const GridSums& op)
{
    CHECK_SHAPES(onGrid(op.points, op.weights.columns())
        && fitAxes(op.marginals, op.points, op.weights.rows(), true)
        && shaped(op.statistics, op.weights.columns(), 2) && shaped(op.means, op.weights.rows(), 1));
    run(op);
}

bool Device::attendGridFused(const AttendGrid& op)
{
    const int64_t n = op.q.rows(), m = op.x.rows(), f = op.x.columns();
    CHECK_SHAPES(op.points.first == 0 && op.points.count() == m && op.q.columns() >= f);
    CHECK_SHAPES(fitAxes(op.tables, op.points, n, true) && fitAxes(op.marginals, op.points, n, true)
        && shaped(op.statistics, m, 2) && shaped(op.sums, 1, n) && shapedOrNone(op.mask, 1, m));
    CHECK_SHAPES(shaped(op.context, n, f) && shaped(op.maximum, 1, n) && shaped(op.sum, 1, n) && shaped(op.means, n, 1));
    if (failed())
        return true; // and nothing else is to be done
    if (!on(op))
        return false;
    countFlop(4.0 * double(n) * double(m) * double(f));
    return true;
}

bool Device::attendFused(const Attend& op)
{
    const int64_t stats = op.batch * op.heads * op.queries;
    CHECK_SHAPES(op.q.rows() == op.batch * op.queries && op.k.rows() == op.batch * op.keys && op.v.rows() == op.k.rows()
        && op.context.rows() == op.q.rows() && op.q.columns() == op.k.columns()
        && op.context.columns() == op.v.columns());
    CHECK_SHAPES(op.q.columns() % (4 * op.heads) == 0 && op.v.columns() % (4 * op.heads) == 0);
    CHECK_SHAPES(shapedOrNone(op.mask, 1, op.keys) && (!op.mask.exists() || op.batch == 1));
    CHECK_SHAPES(shaped(op.maximum, 1, stats) && shaped(op.sum, 1, stats));
    if (failed())
        return true;
    if (!on(op))
        return false;
    countFlop(2.0 * double(op.batch * op.queries) * double(op.keys) * double(op.q.columns() + op.v.columns()));
    return true;
}

} // namespace engine::ops
