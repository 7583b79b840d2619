#include "engine/vulkan/record.h"

#include "engine/base/assert.h"

#include <algorithm>

namespace engine::vulkan {

namespace {

using shaders::KernelId;

// Memory traffic in the currency of Work::cost: one float moved costs about as much as this many operations.
constexpr double kPerFloat = 8;

uint32_t u(int64_t value)
{
    return uint32_t(value);
}

shaders::Rows push(const ops::Tensor& x, const ops::Tensor& y)
{
    return {.rows = u(y.rows()),
        .columns = u(y.columns()),
        .xStride = u(x.stride()),
        .yStride = u(y.stride()),
        .heads = 1,
        .queries = 1};
}

int64_t groups(const ops::Tensor& t)
{
    return t.rows() * (ops::padded(t.columns()) / 4);
}

// How many of its rows one binding may hold.
int64_t rowsOfBinding(const Recorder& r, const ops::Tensor& t)
{
    return std::max<int64_t>(64, int64_t(r.limits().bindingBytes / 4) / t.stride() / 64 * 64 - 64);
}

void recordSoftmax(Recorder& r, const ops::Tensor& scores, const ops::Tensor& mask, const ops::Tensor& maximum,
    const ops::Tensor& sum, const ops::Tensor& factor, uint32_t mode)
{
    shaders::Softmax p{.rows = u(scores.rows()),
        .columns = u(scores.columns()),
        .stride = u(scores.stride()),
        .hasMask = mask.exists(),
        .hasStatistics = maximum.exists() && sum.exists()};
    const uint32_t lanes = r.lanes(scores.columns());
    Work work = rowGrid(scores.rows(), double(scores.columns()) * 30, lanes, mode, &p.gridWidth);
    work.constants.push_back(mask.exists());
    work.trips = (scores.columns() / 4 / lanes + 1) * (mask.exists() ? 11 : 3) + 3 * lanes;
    // The statistics are read and written by the streamed mode, only read by the last.
    const bool write = mode != shaders::kSoftmaxProbabilities;
    record(r, KernelId::softmax,
        {writes(scores), reads(mask), Binding{&maximum, write}, Binding{&sum, write}, Binding{&factor, true}}, p, work);
}

} // namespace

Work elementGrid(int64_t elements, uint32_t local, double costPerElement)
{
    const int64_t workgroups = (elements + local - 1) / local;
    const int64_t across = std::min<int64_t>(workgroups, shaders::kGridWidth);
    return {.x = uint32_t(across),
        .y = uint32_t((workgroups + across - 1) / across),
        .cost = double(elements) * costPerElement * kPerFloat};
}

Work rowGrid(int64_t rows, double costPerRow, uint32_t lanes, uint32_t mode, uint32_t* gridWidth)
{
    const uint32_t rowsOfGroup = lanes == 1 ? 8 : 1;
    const int64_t workgroups = (rows + rowsOfGroup - 1) / rowsOfGroup;
    *gridWidth = uint32_t(std::min<int64_t>(workgroups, shaders::kGridWidth));
    return {.x = *gridWidth,
        .y = uint32_t((workgroups + *gridWidth - 1) / *gridWidth),
        .cost = double(rows) * costPerRow,
        .constants = {lanes * rowsOfGroup, lanes, mode, rowsOfGroup}};
}

void recordOp(Recorder& r, const ops::LayerNorm& op)
{
    shaders::Rows p = push(op.x, op.y);
    p.hasGain = op.gain.exists();
    p.hasOffset = op.offset.exists();
    const uint32_t lanes = r.lanes(op.x.columns());
    Work work = rowGrid(op.x.rows(), double(op.x.columns()) * 4 * kPerFloat, lanes, 0, &p.gridWidth);
    work.trips = (op.x.columns() / 4 / lanes + 1) * 7 + 2 * lanes;
    record(r, KernelId::layer_norm, {reads(op.x), reads(op.gain), reads(op.offset), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::RowStatistics& op)
{
    shaders::Rows p = push(op.x, op.y);
    p.columns = u(op.x.columns());
    const uint32_t lanes = r.lanes(op.x.columns());
    Work work = rowGrid(op.x.rows(), double(op.x.columns()) * 2 * kPerFloat, lanes, 1, &p.gridWidth);
    work.trips = (op.x.columns() / 4 / lanes + 1) * 2 + 2 * lanes;
    record(r, KernelId::layer_norm, {reads(op.x), reads(op.x), reads(op.x), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::Softmax& op)
{
    recordSoftmax(r, op.scores, op.mask, op.maximum, op.sum, {}, shaders::kSoftmaxWhole);
}

void recordOp(Recorder& r, const ops::SoftmaxChunk& op)
{
    recordSoftmax(r, op.scores, op.mask, op.maximum, op.sum, op.factor, shaders::kSoftmaxChunk);
}

void recordOp(Recorder& r, const ops::Probabilities& op)
{
    recordSoftmax(r, op.scores, op.mask, op.maximum, op.sum, {}, shaders::kSoftmaxProbabilities);
}

void recordOp(Recorder& r, const ops::ScaleRows& op)
{
    shaders::Rows p = push(op.x, op.x);
    p.heads = u(op.heads);
    p.queries = u(op.queries);
    p.mode = op.divide;
    record(r, KernelId::scale_rows, {writes(op.x), reads(op.factor)}, p, elementGrid(groups(op.x), 64, 4));
}

void recordOp(Recorder& r, const ops::Transpose& op)
{
    shaders::Rows p = push(op.x, op.y);
    p.rows = u(op.x.rows() / op.outer);
    p.columns = u(op.x.columns());
    p.count = u(op.outer);
    record(r, KernelId::transpose, {reads(op.x), writes(op.y)}, p, elementGrid(groups(op.y), 64, 8));
}

void recordOp(Recorder& r, const ops::FuseHeads& op)
{
    shaders::Rows p = push(op.x, op.y);
    p.heads = u(op.heads);
    p.mode = uint32_t(op.fusion);
    Work work = elementGrid(groups(op.y), 64, double(op.heads));
    work.trips = op.heads;
    record(r, KernelId::fuse_heads, {reads(op.x), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::MultiplyRows& op)
{
    const int64_t rows = op.y.rows(), columns = op.y.columns(), depth = op.a.columns();
    const int64_t groups = (columns + 255) / 256 * rows;
    int64_t pieces = r.choice.splitK;
    if (pieces == 0) // where cores would be idle
        pieces = r.limits().software ? 1 : std::min<int64_t>(r.tuning.busyGroups() / groups, depth / 64);
    const int64_t step = (depth + std::max<int64_t>(pieces, 1) - 1) / std::max<int64_t>(pieces, 1);
    pieces = (depth + step - 1) / step;
    shaders::Rows p = push(op.a, op.y);
    p.count = u(depth);
    p.queries = u(step);
    p.xColumn = u(op.b.stride());
    const Work work{.x = u((columns + 255) / 256),
        .y = u(rows),
        .z = u(pieces),
        .flop = 2.0 * double(rows) * double(depth) * double(columns),
        .cost = double(rows) * double(depth) * double(columns) * kPerFloat,
        .trips = step / 2 + 1};
    if (pieces == 1) {
        record(r, KernelId::multiply_rows, {reads(op.a), reads(op.b), writes(op.y)}, p, work);
        return;
    }
    const ops::Tensor sums = r.create(pieces * rows, columns);
    p.yStride = u(sums.stride());
    record(r, KernelId::multiply_rows, {reads(op.a), reads(op.b), writes(sums)}, p, work);
    const shaders::Gemm add{.rows = u(rows),
        .columns = u(columns),
        .inner = 1,
        .cStride = u(op.y.stride()),
        .alpha = 1,
        .splits = u(pieces)};
    Work reduce = elementGrid(rows * ops::padded(columns), 64, double(pieces));
    reduce.trips = pieces;
    reduce.constants = {uint32_t(ops::Activation::None), 0};
    record(r, KernelId::gemm_reduce, {reads(sums), reads(sums), writes(op.y)}, add, reduce);
}

void recordOp(Recorder& r, const ops::RowSums& op)
{
    shaders::Rows p = push(op.x, op.x);
    p.mode = op.accumulate;
    const uint32_t lanes = r.limits().software ? 8 : 64;
    Work work = rowGrid(op.x.rows(), double(op.x.columns()) * kPerFloat, lanes, 0, &p.gridWidth);
    work.constants.resize(2);
    work.trips = op.x.columns() / 4 / lanes + 1 + lanes;
    record(r, KernelId::row_sums, {reads(op.x), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::CellSums& op)
{
    const int64_t cells = op.begins.count - 1, columns = op.x.columns();
    shaders::Rows p = push(op.x, op.y);
    p.columns = u(cells);
    p.count = u(op.places.stride());
    Work work = elementGrid(op.x.rows() * cells, 64, double(columns) / double(cells) * kPerFloat);
    work.trips = columns; // where all lie in one cell
    record(r, KernelId::cell_sums,
        {reads(op.x), reads(op.columns.bits), reads(op.begins.bits), reads(op.places), writes(op.y)}, p, work);
}

void recordOp(Recorder& r, const ops::Add& op)
{
    record(r, KernelId::add, {reads(op.x), writes(op.y)}, push(op.x, op.y), elementGrid(groups(op.y), 64, 8));
}

// ------------------------------------------------------------------------------------------------------------ assembly

void recordOp(Recorder& r, const ops::CopyColumns& op)
{
    shaders::Rows p = push(op.x, op.y);
    p.columns = u(op.x.columns());
    p.yColumn = u(op.column);
    record(r, KernelId::columns, {reads(op.x), writes(op.y)}, p, elementGrid(op.x.rows() * op.x.columns(), 64, 2));
}

void recordOp(Recorder& r, const ops::FillColumns& op)
{
    shaders::Rows p = push(op.row, op.y);
    p.columns = u(op.row.columns());
    p.yColumn = u(op.column);
    p.mode = 1;
    record(r, KernelId::columns, {reads(op.row), writes(op.y)}, p, elementGrid(op.y.rows() * op.row.columns(), 64, 2));
}

void recordOp(Recorder& r, const ops::FourierColumns& op)
{
    const int64_t axes = int64_t(op.axes.size()), channels = axes * (1 + 2 * op.bands);
    shaders::Fourier p{.yStride = u(op.y.stride()),
        .column = u(op.column),
        .axes = u(axes),
        .bands = u(op.bands),
        .hasPoints = op.points.count > 0};
    int64_t points = 1;
    for (size_t a = 0; a < op.axes.size(); ++a) {
        p.extents[a] = u(op.axes[a].rows());
        p.strides[a] = u(op.axes[a].stride());
        points *= op.axes[a].rows();
    }
    const auto axis = [&](size_t a) { return reads(op.axes[std::min(a, op.axes.size() - 1)]); };
    const int64_t step = rowsOfBinding(r, op.y);
    for (int64_t row = 0; row < op.y.rows(); row += step) { // a tile's tokens are larger than one binding may be
        const int64_t rows = std::min(step, op.y.rows() - row);
        const ops::Tensor y = op.y.rowRange(row, rows);
        ENGINE_ASSERT(op.points.count == 0 || rows == op.y.rows(), "listed points fit one binding");
        p.rows = u(rows);
        p.first = u((op.first + row) % points);
        record(r, KernelId::fourier_columns, {axis(0), axis(1), axis(2), reads(op.points.bits), writes(y)}, p,
            elementGrid(rows * channels, 64, 4));
    }
}

void recordOp(Recorder& r, const ops::GatherRows& op)
{
    const int64_t step = rowsOfBinding(r, op.table);
    for (int64_t row = 0; row < op.table.rows(); row += step) {
        const ops::Tensor part = op.table.rowRange(row, std::min(step, op.table.rows() - row));
        shaders::Rows p = push(part, op.y);
        p.xColumn = u(row);
        p.count = u(part.rows());
        record(r, KernelId::gather_rows, {reads(part), reads(op.rows.bits), writes(op.y)}, p,
            elementGrid(groups(op.y), 64, 8));
    }
}

} // namespace engine::vulkan
