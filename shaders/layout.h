// The kernels' arguments, read by C++ and GLSL alike. Each struct begins with `base`: the first element of each binding,
// in floats, filled in when the kernel is recorded. Strides and steps are in floats, multiples of 4.
#ifndef PERCEIVERSCOPE_SHADERS_LAYOUT_H
#define PERCEIVERSCOPE_SHADERS_LAYOUT_H

#ifdef __cplusplus
#include <cstdint>
namespace shaders {
using uint = uint32_t;
#endif

// What a grid of one invocation per element is cut to: element = x + y * kGridWidth * local size.
const uint kGridWidth = 32768u;

const uint kHasBias = 1u, kHasStatistics = 2u, kHasResidual = 4u, kIsPartial = 8u;
const uint kRounds = 16u; // operands to 16 bits on their way through shared memory
const uint kHalvesA = 32u, kHalvesB = 64u; // the operand is stored in halves
const uint kActivationNone = 0u, kActivationGeluErf = 1u, kActivationGeluTanh = 2u, kActivationRelu = 3u;

struct Gemm {
    uint base[8]; // a, b, c, bias, statistics, residual
    uint rows, columns, depth, inner;
    uint aStride, bStride, cStride, residualStride;
    uint aOuter, aInner, bOuter, bInner, cOuter, cInner;
    float alpha;
    uint statisticsStride;
    uint splits, splitDepth; // partial products along the depth, floats of depth in each
    float aScale; // of A before it is rounded, within alpha already
};

const uint kSoftmaxWhole = 0u, kSoftmaxChunk = 1u, kSoftmaxProbabilities = 2u;
struct Softmax {
    uint base[8]; // scores, mask, maximum, sum, factor
    uint rows, columns, stride, gridWidth;
    uint hasMask, hasStatistics;
};

const uint kAttendDepth = 16u; // channels or keys that attend_fused stages at a time
struct Attend {
    uint base[8]; // q, k, v, context, mask, maximum, sum
    uint heads, queries, keys, rows; // rows: batch * heads * queries
    uint qStride, kStride, vStride, contextStride;
    uint g; // channels of a value
    uint splits, splitKeys; // pieces of the keys, each with its own part of context
    float scale;
};

struct Rows { // row-wise kernels on x [rows, columns] -> y
    uint base[8];
    uint rows, columns, xStride, yStride;
    uint gridWidth, mode, heads, queries;
    uint hasGain, hasOffset, xColumn, yColumn;
    uint count;
};

struct Fourier {
    uint base[8]; // axis 0, axis 1, axis 2, points, y
    uint rows, yStride, column, axes;
    uint extents[3];
    uint strides[3];
    uint bands, first, hasPoints;
};

struct Grid { // points of a grid: column or row r of the scores is point first + r
    uint base[8];
    uint rows, columns, stride, gridWidth;
    uint axes, first, mode, positionChannels;
    uint extents[3];
    uint blocks[3]; // consecutive points with one index on the axis
    uint tableStrides[3];
    uint statisticsStride, yStride, hasBias;
    float alpha;
    uint touched, firstIndex;
};

const float kMotionDamping = 3e-4f, kMotionReach = 3.0f; // ops::LocalMotion

struct Image {
    uint base[8];
    uint channels, height, width, batch;
    uint xStride, yStride, outHeight, outWidth;
    uint window, stride, padTop, padLeft;
    uint mode, tileHeight, tileWidth, tileRows;
    uint tileColumns, radius, elements, flowStride;
};

#ifdef __cplusplus
static_assert(sizeof(Gemm) <= 128 && sizeof(Softmax) <= 128 && sizeof(Attend) <= 128 && sizeof(Rows) <= 128
        && sizeof(Fourier) <= 128 && sizeof(Grid) <= 128 && sizeof(Image) <= 128,
    "Vulkan guarantees 128 bytes of push constants");
} // namespace shaders
#endif

#endif
