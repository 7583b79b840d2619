#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"
#include "arithmetic.glsl"
#include "rounded.glsl"

// C = activation(alpha norm(A) B^T + bias) + residual, for GPUs: a workgroup holds a tile of C in registers and passes
// 16 channels of both operands at a time through shared memory. With kIsPartial, z also counts pieces of the depth and
// each writes its plain sums; gemm_reduce adds them and finishes. With kRounds, two neighbours of the depth share a word
// of shared memory as halves, and stored halves of B go there as they are; sums are single precision all the same.
//   a (rows, depth), b (columns, depth), c (rows, columns) or partial (splits, rows, columns)
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kTileRows = 64;
layout(constant_id = 2) const uint kTileColumns = 64;
layout(constant_id = 3) const uint kOwnRows = 4; // of one invocation
layout(constant_id = 4) const uint kOwnColumns = 4;
layout(constant_id = 5) const bool kAligned = false; // whole tiles only: no bounds to check
layout(constant_id = 6) const uint kActivation = 0; // constants: software drivers run both sides of a branch
layout(constant_id = 7) const uint kFlags = 0;
const uint kDepth = 16, kPitch = kDepth / 4;
const bool kRounded = (kFlags & kRounds) != 0;
const uint kWords = kRounded ? 2 : 4; // of four neighbours of the depth

layout(push_constant) uniform Push { Gemm p; };
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 0) readonly buffer HalvesOfA { uvec2 halvesOfA[]; };
layout(binding = 1) readonly buffer B { vec4 b[]; };
layout(binding = 1) readonly buffer HalvesOfB { uvec2 halvesOfB[]; };
layout(binding = 2) buffer C { float c[]; };
layout(binding = 3) readonly buffer Bias { float bias[]; };
layout(binding = 4) readonly buffer Statistics { float statistics[]; };
layout(binding = 5) readonly buffer Residual { float residual[]; };

const uint kPitchA = kTileRows + 4, kPitchB = kTileColumns + 4;
shared uint tileA[kPitch * kWords * kPitchA]; // [group of four of the depth, word][row]
shared uint tileB[kPitch * kWords * kPitchB];

vec4 loadA(uint at)
{
    return (kFlags & kHalvesA) != 0 ? unpackHalves(halvesOfA[at]) : a[at];
}

uvec4 words(vec4 x) // as many of them as kWords says
{
    return kRounded ? uvec4(packRounded(x.x, x.y), packRounded(x.z, x.w), 0, 0) : floatBitsToUint(x);
}

uvec4 wordsOfB(uint at)
{
    return (kFlags & kHalvesB) != 0 ? uvec4(halvesOfB[at], 0, 0) : words(b[at]);
}

vec2 pair(uint word) // exact numbers stand alone
{
    return kRounded ? unpackHalf2x16(word) : vec2(uintBitsToFloat(word), 0);
}

void main()
{
    const uint lane = gl_LocalInvocationID.x, lanes = gl_WorkGroupSize.x;
    const uint across = kTileColumns / kOwnColumns;
    const uint ownRow = lane / across, ownColumn = lane % across, down = kTileRows / kOwnRows;
    const uint firstRow = gl_WorkGroupID.y * kTileRows, firstColumn = gl_WorkGroupID.x * kTileColumns;
    const uint product = gl_WorkGroupID.z / p.splits, piece = gl_WorkGroupID.z % p.splits;
    const uint outer = product / p.inner, inner = product % p.inner;
    const uint aBase = (p.base[0] + outer * p.aOuter + inner * p.aInner) >> 2;
    const uint bBase = (p.base[1] + outer * p.bOuter + inner * p.bInner) >> 2;
    const uint depth = (p.depth + 3) >> 2;
    const uint from = piece * (p.splitDepth >> 2), to = min(from + (p.splitDepth >> 2), depth);

    float sums[kOwnRows * kOwnColumns];
    for (uint i = 0; i < kOwnRows * kOwnColumns; ++i)
        sums[i] = 0.0;
    for (uint k = from; k < to; k += kPitch) {
        for (uint i = lane; i < kTileRows * kPitch; i += lanes) {
            const uint r = i / kPitch, q = i % kPitch, row = firstRow + r;
            vec4 x = vec4(0);
            if (kAligned || (row < p.rows && k + q < to)) {
                x = loadA(aBase + row * (p.aStride >> 2) + k + q);
                if ((kFlags & kHasStatistics) != 0) {
                    const uint s = p.base[4] + row * p.statisticsStride;
                    x = (x - statistics[s]) * statistics[s + 1];
                }
            }
            const uvec4 w = words(kRounded ? x * p.aScale : x);
            for (uint e = 0; e < kWords; ++e)
                tileA[(q * kWords + e) * kPitchA + r] = w[e];
        }
        for (uint i = lane; i < kTileColumns * kPitch; i += lanes) {
            const uint r = i / kPitch, q = i % kPitch, column = firstColumn + r;
            uvec4 w = uvec4(0);
            if (kAligned || (column < p.columns && k + q < to))
                w = wordsOfB(bBase + column * (p.bStride >> 2) + k + q);
            for (uint e = 0; e < kWords; ++e)
                tileB[(q * kWords + e) * kPitchB + r] = w[e];
        }
        barrier();
        for (uint d = 0; d < kPitch * kWords; ++d) {
            vec2 x[kOwnRows], y[kOwnColumns];
            for (uint i = 0; i < kOwnRows; ++i)
                x[i] = pair(tileA[d * kPitchA + i * down + ownRow]);
            for (uint j = 0; j < kOwnColumns; ++j)
                y[j] = pair(tileB[d * kPitchB + j * across + ownColumn]);
            for (uint i = 0; i < kOwnRows; ++i)
                for (uint j = 0; j < kOwnColumns; ++j) {
                    const float sum = fma(x[i].x, y[j].x, sums[i * kOwnColumns + j]);
                    sums[i * kOwnColumns + j] = kRounded ? fma(x[i].y, y[j].y, sum) : sum;
                }
        }
        barrier();
    }

    const uint padded = (p.columns + 3) & ~3u;
    const bool partial = (kFlags & kIsPartial) != 0;
    const uint cBase = partial ? p.base[2] + gl_WorkGroupID.z * p.rows * padded
                               : p.base[2] + outer * p.cOuter + inner * p.cInner;
    for (uint i = 0; i < kOwnRows; ++i) {
        const uint row = firstRow + i * down + ownRow;
        if (!kAligned && row >= p.rows)
            continue;
        for (uint j = 0; j < kOwnColumns; ++j) {
            const uint column = firstColumn + j * across + ownColumn;
            if (column >= padded)
                continue;
            float value = sums[i * kOwnColumns + j];
            if (partial) {
                c[cBase + row * padded + column] = value;
                continue;
            }
            const bool inside = column < p.columns;
            const float offset = inside && (kFlags & kHasBias) != 0 ? bias[p.base[3] + column] : 0.0;
            value = activate(p.alpha * value + offset, kActivation);
            if ((kFlags & kHasResidual) != 0)
                value += residual[p.base[5] + outer * p.cOuter + inner * p.cInner + row * p.residualStride + column];
            c[cBase + row * p.cStride + column] = inside ? value : 0.0;
        }
    }
}
