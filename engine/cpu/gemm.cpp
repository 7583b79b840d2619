#include "engine/cpu/kernels.h"
#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"
#include "engine/cpu/scratch.h"

#include <cstring>
#include <dnnl.h>

namespace engine::cpu {

namespace {

// Rows of one task: enough that packing B costs little, few enough that a task's rows are still in the cache when its
// bias, activation and residual are added.
constexpr int64_t kMostRows = 512;
// Fewer rows than this: a product reads B once and little more, and its columns are cut instead.
constexpr int64_t kFewRows = 48;
constexpr int64_t kFewestColumns = 64;

// A piece of one product: rows and columns of C.
struct Piece {
    int64_t outer, inner, row, rows, column, columns;
};

std::vector<Piece> piecesOf(const ops::Gemm& op)
{
    const int64_t products = op.outer * op.inner, wanted = products >= 2 * threads() ? 1 : threads();
    int64_t rows = op.rows, columns = op.columns;
    if (op.rows < kFewRows * wanted) // so few rows are one piece, which may be cut into columns
        columns = std::max<int64_t>(kFewestColumns, ops::padded((op.columns + wanted - 1) / wanted)); // whole groups
    else
        rows = (op.rows + wanted - 1) / wanted;
    if (rows > kMostRows) // pieces of one size
        rows = (op.rows + (op.rows + kMostRows - 1) / kMostRows - 1) / ((op.rows + kMostRows - 1) / kMostRows);
    std::vector<Piece> pieces;
    for (int64_t i = 0; i < op.outer; ++i)
        for (int64_t j = 0; j < op.inner; ++j)
            for (int64_t r = 0; r < op.rows; r += rows)
                for (int64_t c = 0; c < op.columns; c += columns)
                    pieces.push_back({i, j, r, std::min(rows, op.rows - r), c, std::min(columns, op.columns - c)});
    return pieces;
}

const float* start(const ops::GemmOperand& operand, const Piece& piece)
{
    return matrixOf(operand.tensor).data + piece.outer * operand.outerStep + piece.inner * operand.innerStep;
}

void product(const ops::Gemm& op, const Piece& piece)
{
    const Matrix statistics = matrixOf(op.statistics), residual = matrixOf(op.residual);
    const int64_t bStride = op.b.tensor.stride();
    int64_t aStride = op.a.tensor.stride(), cStride = op.c.tensor.stride();
    const float* a = start(op.a, piece) + piece.row * aStride;
    const float* b = start(op.b, piece) + piece.column * bStride;
    float* c = const_cast<float*>(start(op.c, piece)) + piece.row * cStride + piece.column;
    if (statistics.exists()) {
        float* normalised = scratch(Scratch::Normalised, piece.rows * ops::padded(op.depth));
        for (int64_t r = 0; r < piece.rows; ++r)
            normalise(a + r * aStride, op.depth, statistics.row(piece.row + r), nullptr, nullptr,
                normalised + r * ops::padded(op.depth));
        a = normalised;
        aStride = ops::padded(op.depth);
    }
    const bool isOwnResidual = residual.exists() && residual.data == matrixOf(op.c.tensor).data;
    const bool accumulates = isOwnResidual && op.activation == ops::Activation::None;
    float* const result = c;
    const int64_t resultStride = cStride;
    if (isOwnResidual && !accumulates) { // what C holds is wanted after the activation
        cStride = ops::padded(piece.columns);
        c = scratch(Scratch::Scores, piece.rows * cStride);
    }
    if (piece.rows == 1 && op.depth >= 16) // reads B once, which sgemm would copy first
        for (int64_t i = 0; i < piece.columns; ++i) {
            const float value = op.alpha * float(dot(a, b + i * bStride, op.depth));
            c[i] = accumulates ? c[i] + value : value;
        }
    else
        dnnl_sgemm('N', 'T', piece.rows, piece.columns, op.depth, op.alpha, a, aStride, b, bStride,
            accumulates ? 1.0f : 0.0f, c, cStride);
    const float* bias = op.bias.exists() ? matrixOf(op.bias).data + piece.column : nullptr;
    const bool pads = piece.column + piece.columns == op.columns && op.columns % 4 != 0;
    const bool adds = residual.exists() && !accumulates;
    if (!bias && op.activation == ops::Activation::None && !adds && !pads)
        return;
    for (int64_t r = 0; r < piece.rows; ++r) {
        finishRow(c + r * cStride, piece.columns, bias, op.activation,
            adds ? residual.row(piece.row + r) + piece.column : nullptr, pads);
        if (c != result)
            std::memcpy(result + r * resultStride, c + r * cStride,
                size_t(pads ? ops::padded(piece.columns) : piece.columns) * sizeof(float));
    }
}

} // namespace

void compute(const ops::Gemm& op)
{
    const std::vector<Piece> pieces = piecesOf(op);
    eachTask(int64_t(pieces.size()), [&](int64_t i) { product(op, pieces[size_t(i)]); });
}

void compute(const ops::MultiplyRows& op)
{
    const Matrix a = matrixOf(op.a), b = matrixOf(op.b), y = matrixOf(op.y);
    inPieces(ops::padded(b.columns) / 4, 16, [&](int64_t first, int64_t count) {
        const int64_t column = 4 * first, columns = std::min(4 * count, b.columns - column);
        dnnl_sgemm('N', 'N', a.rows, columns, a.columns, 1.0f, a.data, a.stride, b.data + column, b.stride, 0.0f,
            y.data + column, y.stride);
        for (int64_t r = 0; r < a.rows; ++r)
            for (int64_t c = b.columns; c < ops::padded(b.columns) && column + columns == b.columns; ++c)
                y.row(r)[c] = 0;
    });
}

} // namespace engine::cpu
