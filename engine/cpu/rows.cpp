#include "engine/cpu/kernels.h"
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"
#include "engine/cpu/scratch.h"

#include <cstring>

namespace engine::cpu {

namespace {

void fillPadding(float* row, int64_t columns)
{
    for (int64_t c = columns; c < ops::padded(columns); ++c)
        row[c] = 0;
}

// n values to columns `column` … of row r; what ends a row also writes its padding.
void put(const float* values, int64_t n, const Matrix& y, int64_t r, int64_t column)
{
    std::memcpy(y.row(r) + column, values, size_t(n) * sizeof(float));
    if (column + n == y.columns)
        fillPadding(y.row(r), y.columns);
}

const float* dataOf(const ops::Tensor& tensor)
{
    return matrixOf(tensor).data;
}

const uint32_t* indicesOf(const ops::Indices& indices)
{
    return reinterpret_cast<const uint32_t*>(dataOf(indices.bits)); // bits, kept as floats
}

} // namespace

void compute(const ops::LayerNorm& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(x.rows, x.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            float meanAndScale[2];
            statisticsOf(x.row(r), x.columns, meanAndScale);
            normalise(x.row(r), x.columns, meanAndScale, dataOf(op.gain), dataOf(op.offset), y.row(r));
        }
    });
}

void compute(const ops::RowStatistics& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(x.rows, x.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            statisticsOf(x.row(r), x.columns, y.row(r));
            y.row(r)[2] = y.row(r)[3] = 0;
        }
    });
}

void compute(const ops::Softmax& op)
{
    const Matrix scores = matrixOf(op.scores);
    float *maximum = matrixOf(op.maximum).data, *sum = matrixOf(op.sum).data;
    overRows(scores.rows, scores.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            const float most = maximumOf(scores.row(r), scores.columns, dataOf(op.mask), ops::kNoMaximum);
            const float total = float(exponentials(scores.row(r), scores.columns, dataOf(op.mask), most));
            scale(scores.row(r), scores.columns, total > 0 ? 1 / total : 0.0f);
            fillPadding(scores.row(r), scores.columns);
            if (maximum)
                maximum[r] = most;
            if (sum)
                sum[r] = total;
        }
    });
}

void compute(const ops::SoftmaxChunk& op)
{
    const Matrix scores = matrixOf(op.scores);
    float *maximum = matrixOf(op.maximum).data, *sum = matrixOf(op.sum).data, *factor = matrixOf(op.factor).data;
    overRows(scores.rows, scores.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            const float most = maximumOf(scores.row(r), scores.columns, dataOf(op.mask), maximum[r]);
            const double total = exponentials(scores.row(r), scores.columns, dataOf(op.mask), most);
            fillPadding(scores.row(r), scores.columns);
            factor[r] = exponential(maximum[r] - most);
            maximum[r] = most;
            sum[r] = float(double(sum[r]) * double(factor[r]) + total);
        }
    });
}

void compute(const ops::Probabilities& op)
{
    const Matrix scores = matrixOf(op.scores);
    const float *maximum = dataOf(op.maximum), *sum = dataOf(op.sum);
    overRows(scores.rows, scores.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            exponentials(scores.row(r), scores.columns, dataOf(op.mask), maximum[r]);
            scale(scores.row(r), scores.columns, sum[r] > 0 ? 1 / sum[r] : 0.0f);
            fillPadding(scores.row(r), scores.columns);
        }
    });
}

void compute(const ops::ScaleRows& op)
{
    const Matrix x = matrixOf(op.x);
    const float* factor = dataOf(op.factor);
    const int64_t width = x.columns / op.heads;
    overRows(x.rows, x.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            for (int64_t head = 0; head < op.heads; ++head) {
                float f = factor[(r / op.queries * op.heads + head) * op.queries + r % op.queries];
                if (op.divide)
                    f = f != 0 ? 1 / f : 0.0f;
                scale(x.row(r) + head * width, width, f);
            }
    });
}

void compute(const ops::Transpose& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    const int64_t rows = x.rows / op.outer, columns = x.columns;
    constexpr int64_t kTile = 16; // of rows: a cache line of y
    overRows(y.rows, rows, [&](int64_t first, int64_t count) {
        for (int64_t tile = 0; tile < rows; tile += kTile)
            for (int64_t r = first; r < first + count; ++r) {
                const float* from = x.row(r / columns * rows) + r % columns;
                float* to = y.row(r);
                for (int64_t i = tile; i < std::min(tile + kTile, rows); ++i)
                    to[i] = from[i * x.stride];
            }
        for (int64_t r = first; r < first + count; ++r)
            fillPadding(y.row(r), rows);
    });
}

void compute(const ops::FuseHeads& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(y.rows, y.columns * op.heads, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            std::memcpy(y.row(r), x.row(r), size_t(ops::padded(y.columns)) * sizeof(float));
            for (int64_t head = 1; head < op.heads; ++head) {
                const float* next = x.row(head * y.rows + r);
                op.fusion == ops::HeadFusion::Max       ? larger(next, y.columns, y.row(r))
                    : op.fusion == ops::HeadFusion::Min ? smaller(next, y.columns, y.row(r))
                                                        : add(next, y.columns, y.row(r));
            }
            if (op.fusion == ops::HeadFusion::Mean)
                scale(y.row(r), y.columns, 1.0f / float(op.heads));
        }
    });
}

void compute(const ops::RowSums& op)
{
    const Matrix x = matrixOf(op.x);
    float* y = matrixOf(op.y).data;
    overRows(x.rows, x.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            y[r] = float(sum(x.row(r), x.columns)) + (op.accumulate ? y[r] : 0.0f);
    });
}

void compute(const ops::CellSums& op)
{
    const Matrix x = matrixOf(op.x), places = matrixOf(op.places), y = matrixOf(op.y);
    const uint32_t *columns = indicesOf(op.columns), *begins = indicesOf(op.begins);
    const int64_t cells = op.begins.count - 1;
    const float *first = places.row(0), *second = places.row(1);
    overRows(x.rows, x.columns, [&](int64_t from, int64_t count) {
        for (int64_t r = from; r < from + count; ++r) {
            const float* weights = x.row(r);
            float* logs = scratch(Scratch::Weights, x.columns);
            timesLogarithms(weights, x.columns, logs);
            for (int64_t c = 0; c < cells; ++c) {
                float sums[ops::kCellSums] = {};
                for (uint32_t i = begins[c]; i < begins[c + 1]; ++i) {
                    const uint32_t at = columns[i];
                    const float byFirst = weights[at] * first[at], bySecond = weights[at] * second[at];
                    sums[0] += weights[at];
                    sums[1] += logs[at];
                    sums[2] += byFirst;
                    sums[3] += byFirst * first[at];
                    sums[4] += bySecond;
                    sums[5] += bySecond * second[at];
                }
                for (int64_t k = 0; k < ops::kCellSums; ++k)
                    y.row(r)[k * cells + c] += sums[k];
            }
        }
    });
}

void compute(const ops::Add& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(x.rows, x.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            add(x.row(r), x.columns, y.row(r));
    });
}

// ------------------------------------------------------------------------------------------------------------ assembly

void compute(const ops::CopyColumns& op)
{
    const Matrix x = matrixOf(op.x), y = matrixOf(op.y);
    overRows(x.rows, x.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            put(x.row(r), x.columns, y, r, op.column);
    });
}

void compute(const ops::FillColumns& op)
{
    const Matrix row = matrixOf(op.row), y = matrixOf(op.y);
    overRows(y.rows, row.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            put(row.data, row.columns, y, r, op.column);
    });
}

void compute(const ops::FourierColumns& op)
{
    const Matrix y = matrixOf(op.y);
    const int64_t axes = int64_t(op.axes.size()), bands = op.bands;
    std::vector<Matrix> tables;
    int64_t points = 1;
    for (const ops::Tensor& axis : op.axes) {
        tables.push_back(matrixOf(axis));
        points *= axis.rows();
    }
    const uint32_t* listed = indicesOf(op.points);
    overRows(y.rows, axes * (1 + 2 * bands), [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r) {
            int64_t rest = op.points.count > 0 ? int64_t(listed[r]) : (op.first + r) % points;
            float* to = y.row(r) + op.column;
            for (int64_t a = axes - 1; a >= 0; --a) {
                const Matrix& table = tables[size_t(a)];
                const float* from = table.row(rest % table.rows);
                rest /= table.rows;
                to[a] = from[0];
                std::memcpy(to + axes + a * bands, from + 1, size_t(bands) * sizeof(float));
                std::memcpy(to + axes + (axes + a) * bands, from + 1 + bands, size_t(bands) * sizeof(float));
            }
            if (op.column + axes * (1 + 2 * bands) == y.columns)
                fillPadding(y.row(r), y.columns);
        }
    });
}

void compute(const ops::GatherRows& op)
{
    const Matrix table = matrixOf(op.table), y = matrixOf(op.y);
    const uint32_t* rows = indicesOf(op.rows);
    overRows(y.rows, y.columns, [&](int64_t first, int64_t count) {
        for (int64_t r = first; r < first + count; ++r)
            std::memcpy(y.row(r), table.row(rows[r]), size_t(ops::padded(y.columns)) * sizeof(float));
    });
}

} // namespace engine::cpu
