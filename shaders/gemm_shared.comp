#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"
#include "arithmetic.glsl"
#include "rounded.glsl"
#include "gemm_tiles.glsl"

// C = activation(alpha norm(A) B^T + bias) + residual, for GPUs: a workgroup holds a tile of C in registers and passes
// 16 channels of both operands at a time through shared memory. With kIsPartial, z also counts pieces of the depth and
// each writes its plain sums; gemm_reduce adds them and finishes. With kRounds, two neighbours of the depth share a word
// of shared memory as halves, and stored halves of B go there as they are; sums are single precision all the same.
const uint kDepth = 16, kPitch = kDepth / 4;
const uint kWords = kRounded ? 2 : 4; // of four neighbours of the depth
const uint kPitchA = kTileRows + 4, kPitchB = kTileColumns + 4;
shared uint tileA[kPitch * kWords * kPitchA]; // [group of four of the depth, word][row]
shared uint tileB[kPitch * kWords * kPitchB];

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
    const Piece piece = ownPiece();

    float sums[kOwnRows * kOwnColumns];
    for (uint i = 0; i < kOwnRows * kOwnColumns; ++i)
        sums[i] = 0.0;
    for (uint k = piece.from; k < piece.to; k += kPitch) {
        for (uint i = lane; i < kTileRows * kPitch; i += lanes) {
            const uint r = i / kPitch, q = i % kPitch;
            const uvec4 w = wordsOfA(piece, firstRow + r, k + q);
            for (uint e = 0; e < kWords; ++e)
                tileA[(q * kWords + e) * kPitchA + r] = w[e];
        }
        for (uint i = lane; i < kTileColumns * kPitch; i += lanes) {
            const uint r = i / kPitch, q = i % kPitch;
            const uvec4 w = wordsOfB(piece, firstColumn + r, k + q);
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
    for (uint i = 0; i < kOwnRows; ++i)
        for (uint j = 0; j < kOwnColumns; ++j)
            finish(piece, firstRow + i * down + ownRow, firstColumn + j * across + ownColumn,
                sums[i * kOwnColumns + j]);
}
