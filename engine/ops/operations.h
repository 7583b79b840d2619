// The operations that the models are written with, as plain descriptions: one struct an operation, its shapes beside
// it. Device (device.h) checks them and every device implements the same list.
// Reference for the numbers: model-spec sections as named; all arithmetic is float32 with float32 sums unless said.
#pragma once

#include "engine/ops/tensor.h"

#include <array>
#include <vector>

namespace engine::ops {

enum class Activation { None, GeluErf, GeluTanh, Relu };

// Unsigned integers in device memory (row numbers), made by Device::uploadIndices.
struct Indices {
    Tensor bits; // [1, count], the bit patterns of uint32
    int64_t count = 0;
};

// One operand of a batched product: product (i, j) of outer x inner uses the matrix that starts
// i * outerStep + j * innerStep floats after the tensor's first element; its row stride is the tensor's.
struct GemmOperand {
    Tensor tensor;
    int64_t outerStep = 0;
    int64_t innerStep = 0;
    float bound = 0; // of A: no element is larger; 0: not known. Rounding to 16 bits then loses no small ones
};

// C = activation(alpha * norm(A) B^T + bias) + residual, for outer x inner matrices at once.
// A [rows, depth], B [columns, depth], C [rows, columns]. Steps are multiples of 4 floats. C may not overlap A or B;
// the residual may be C itself (then C accumulates).
struct Gemm {
    int64_t rows = 0;
    int64_t columns = 0;
    int64_t depth = 0;
    int64_t outer = 1;
    int64_t inner = 1;
    GemmOperand a;
    GemmOperand b;
    GemmOperand c;
    float alpha = 1.0f;
    Tensor bias; // [1, columns] or none: the same for every product
    Tensor statistics; // [rows, 2] or none: mean and 1/sigma of A's rows; norm(a) = (a - mean) / sigma. outer, inner 1
    Activation activation = Activation::None;
    Tensor residual; // [rows, columns] or none; outer, inner 1 or the same tensor as C
};

// y = (x - mean) / sqrt(variance + 1e-5) * gain + offset over the true width (2.1). gain, offset [1, columns] or none.
// y may be x.
struct LayerNorm {
    Tensor x, gain, offset, y;
};

// y[r] = (mean, 1 / sqrt(variance + 1e-5)) of row r of x. y [rows, 2].
struct RowStatistics {
    Tensor x, y;
};

// Softmax over each row of `scores` [R, M], in place; columns whose mask is 0 get weight exactly 0 (2.2, 2.3).
// maximum, sum [1, R]: written, or none. mask [1, M] of 1 and 0, or none. A row without any key becomes zeros (sum 0).
struct Softmax {
    Tensor scores, mask, maximum, sum;
};

// One chunk of a streamed softmax: scores [R, M'] becomes exp(scores - maximum'), maximum and sum [1, R] are brought up
// to date, and factor [1, R] is what older sums of this row have to be multiplied by: exp(maximum - maximum').
// Start with maximum = -1e30 (kNoMaximum) and sum = 0.
struct SoftmaxChunk {
    Tensor scores, mask, maximum, sum, factor;
};
constexpr float kNoMaximum = -1e30f;

// scores [R, M] becomes exp(scores - maximum[r]) / sum[r] (0 where the mask or the sum is 0): a map's rows again, from
// the statistics that a forward pass kept.
struct Probabilities {
    Tensor scores, mask, maximum, sum;
};

// x [batch * queries, heads * width] in place: the block of head j in row (b, o) is multiplied by
// factor[(b * heads + j) * queries + o], or divided by it (`divide`; by 0 gives 0). factor [1, batch * heads *
// queries].
struct ScaleRows {
    Tensor x, factor;
    int64_t heads = 1;
    int64_t queries = 0;
    bool divide = false;
};

// y = x^T for `outer` matrices stacked by rows: x [outer * R, C] -> y [outer * C, R].
struct Transpose {
    Tensor x, y;
    int64_t outer = 1;
};

// y[:, column … column + x.columns) = x. Other columns keep their values. Any column number.
struct CopyColumns {
    Tensor x, y;
    int64_t column = 0;
};

// y[:, column … column + row.columns) = row [1, n] in every row.
struct FillColumns {
    Tensor row, y;
    int64_t column = 0;
};

// Fourier position features (2.7) of grid points, into y[:, column … column + d + 2 d K): positions of the d axes, the
// sines axis by axis, the cosines axis by axis. Row r of y is the grid point with flat index first + r (last axis
// fastest; modulo the number of points, so that batches of a whole grid may be stacked), or points[r].
// axes[a] [n_a, 1 + 2 K]: position, K sines, K cosines of each index along axis a, computed on the host in double.
struct FourierColumns {
    std::vector<Tensor> axes; // 1 to 3
    int64_t bands = 0;
    int64_t first = 0;
    Indices points;
    Tensor y;
    int64_t column = 0;
};

// y[r] = table[rows[r]].
struct GatherRows {
    Tensor table;
    Indices rows;
    Tensor y;
};

// y += x, the same shape.
struct Add {
    Tensor x, y;
};

// Windows of `window` x `window` of an image, channels last, zeros outside: x [batch * height * width, C] ->
// y [batch * outHeight * outWidth, window * window * C]; channel (ky * window + kx) * C + c. Window of output (i, j)
// starts at row i * stride - padTop, column j * stride - padLeft.
struct Unfold {
    Tensor x, y;
    int64_t batch = 1, height = 0, width = 0, outHeight = 0, outWidth = 0;
    int64_t window = 3, stride = 1, padTop = 0, padLeft = 0;
};

// The same windows, the largest value of each channel; outside counts as 0 (the input is not negative).
// x [height * width, C] -> y [outHeight * outWidth, C].
struct MaxPool {
    Tensor x, y;
    int64_t height = 0, width = 0, outHeight = 0, outWidth = 0;
    int64_t window = 3, stride = 2, padTop = 0, padLeft = 0;
};

enum class HeadFusion { Mean, Max, Min };

// Maps of all heads to one: x [heads * rows, M] (head after head) -> y [rows, M].
struct FuseHeads {
    Tensor x, y;
    int64_t heads = 1;
    HeadFusion fusion = HeadFusion::Mean;
};

// y [R, M] = a [R, N] b [N, M], for few rows R: reads b once.
struct MultiplyRows {
    Tensor a, b, y;
};

// y[r] = sum of row r of x. x [R, M], y [1, R]; with accumulate, y[r] += that.
struct RowSums {
    Tensor x, y;
    bool accumulate = false;
};

// Rows of weights to small grids and to what their entropies, centres and spreads follow from. Column i of x [R, M]
// is in one cell, at places [2, M]; `columns` names the columns of the cells one after another, cell c's from begins[c]
// to begins[c + 1]. y [R, 6 cells] has at k * cells + c, added to what is there, the sum of x times
//   k = 0: 1   1: ln x (0 where x is 0)   2, 3: the first place, its square   4, 5: the second place, its square
constexpr int64_t kCellSums = 6;
struct CellSums {
    Tensor x, places;
    Indices columns, begins;
    Tensor y;
};

// Bilinear resampling with half-pixel centres, channels last: x [height * width, C] -> y [outHeight * outWidth, C].
// antialias: triangle filter widened by the shrinking factor, normalised at the rim (torch interpolate,
// antialias=True).
struct Resize {
    Tensor x, y;
    int64_t height = 0, width = 0, outHeight = 0, outWidth = 0;
    bool antialias = false;
};

// y(p) = image(p + flow(p)), bilinear, clamped to the border. image, y [height * width, C], flow [height * width, 2]
// in pixels: u to the right, v downwards.
struct Warp {
    Tensor image, flow, y;
    int64_t height = 0, width = 0;
};

// Matching costs of the starter flow models: for each displacement (dy, dx) in -radius … radius, dy slowest, the mean
// over channels of |first(y, x) - second(y + dy, x + dx)| (second clamped to the tile's rim), averaged over a
// window x window square (the costs clamped to the rim), then (c - mean) / (sqrt(mean of squares about it) + 0.01) over
// the displacements. first, second [batch * height * width, 3]; y [batch * height * width, (2 radius + 1)^2].
struct MatchingCosts {
    Tensor first, second, y;
    int64_t batch = 1, height = 0, width = 0, radius = 3, window = 5;
};

// Motion by Lucas and Kanade's least squares (1981) of the starter flow models. Ix, Iy: half the difference of the
// right and left, lower and upper neighbour of the frames' mean; It: second - first. Products averaged over the
// channels and a window x window square (all clamped to the tile's rim) give xx, xy, yy, xt, yt, and for every window
// in turn: u and v with (xx + d) u + xy v = -xt and xy u + (yy + d) v = -yt, d = 3e-4, clipped to [-3, 3]; and how well
// they are determined, log2(max(1, smaller eigenvalue of (xx, xy; xy, yy) / d)) / 4. first, second [batch * height *
// width, 3]; y [batch * height * width, 3 * windows.size()].
struct LocalMotion {
    Tensor first, second, y;
    int64_t batch = 1, height = 0, width = 0;
    std::vector<int64_t> windows; // odd
};

// Median of a window x window square (odd; clamped to the border) of each component: x, y [height * width, C].
struct Median {
    Tensor x, y;
    int64_t height = 0, width = 0, window = 5;
};

// Tiles of an image, row starts outermost: x [height * width, C] -> y [rows.size() * columns.size() * tileHeight *
// tileWidth, C]; beyond the image the rim is repeated.
struct CropTiles {
    Tensor x, y;
    int64_t height = 0, width = 0, tileHeight = 0, tileWidth = 0;
    std::vector<int64_t> rowStarts, columnStarts; // at most kMostTileStarts each
};
constexpr int64_t kMostTileStarts = 4096;

// The way back: the weighted mean of all tiles that cover a pixel, weight min(min(x + 1, w - x), min(y + 1, h - y))
// inside a tile (5.2). tiles as CropTiles::y, y [height * width, C].
struct BlendTiles {
    Tensor tiles, y;
    int64_t height = 0, width = 0, tileHeight = 0, tileWidth = 0;
    std::vector<int64_t> rowStarts, columnStarts;
};

// y = |X|^2 / (rows * columns), X[k, l] = sum of x[r, c] exp(-2 pi i (k r / rows + l c / columns)): what each wave
// holds of the sum of squares of x, so that both sums are the same (Parseval). Zero frequency first. rowsAlone: each
// row is transformed for itself, X[r, l] = sum of x[r, c] exp(-2 pi i l c / columns). x, y [rows, columns], up to
// kMostSpectrumSide each; y may be x.
struct PowerSpectrum {
    Tensor x, y;
    bool rowsAlone = false;
};
constexpr int64_t kMostSpectrumSide = 4096;
double fourierFlop(int64_t rows, int64_t columns); // 5 n log2 n, as is usual

// Attention of all heads in one go, without the scores: context = softmax(scale * Q K^T) V per batch element and head.
// q [batch * queries, heads * f], k [batch * keys, heads * f], v [batch * keys, heads * g], context like q with g;
// f and g multiples of 4 (padded with zeros by the weights' layout). maximum, sum [1, batch * heads * queries].
struct Attend {
    Tensor q, k, v, context;
    Tensor mask; // [1, keys] or none; batch 1
    Tensor maximum, sum;
    int64_t batch = 1, heads = 1, queries = 0, keys = 0;
    float scale = 1.0f;
};

} // namespace engine::ops
