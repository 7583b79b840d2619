#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#include "layout.h"
#include "arithmetic.glsl"
#include "rounded.glsl"
#include "gemm_tiles.glsl"

// As gemm_shared with kRounds, on GPUs that multiply small matrices of halves as a whole: each subgroup holds a part of
// the tile of C as cooperative matrices, of the sizes that the device has. Sums go through shared memory once more at
// the end, since which invocation holds which element is the driver's own affair.
layout(constant_id = 8) const uint kMatrixRows = 16;
layout(constant_id = 9) const uint kMatrixColumns = 16;
layout(constant_id = 10) const uint kMatrixDepth = 16;

const uint kDepth = 32, kPitch = kDepth / 2 + 4; // words of a row of shared memory: two halves in each
const uint kDown = kOwnRows / kMatrixRows, kAcross = kOwnColumns / kMatrixColumns;
const uint kOperands = (kTileRows + kTileColumns) * kPitch, kSums = kTileRows * kTileColumns;
shared uint tile[kOperands > kSums ? kOperands : kSums]; // rows of A, then of B; at the end, C

void main()
{
    const uint lane = gl_LocalInvocationID.x, lanes = gl_WorkGroupSize.x;
    const uint across = kTileColumns / kOwnColumns;
    const uint ownRow = gl_SubgroupID / across * kOwnRows, ownColumn = gl_SubgroupID % across * kOwnColumns;
    const uint firstRow = gl_WorkGroupID.y * kTileRows, firstColumn = gl_WorkGroupID.x * kTileColumns;
    const uint tileB = kTileRows * kPitch;
    const Piece piece = ownPiece();

    coopmat<float, gl_ScopeSubgroup, kMatrixRows, kMatrixColumns, gl_MatrixUseAccumulator> sums[kDown * kAcross];
    for (uint i = 0; i < kDown * kAcross; ++i)
        sums[i] = coopmat<float, gl_ScopeSubgroup, kMatrixRows, kMatrixColumns, gl_MatrixUseAccumulator>(0.0);
    for (uint k = piece.from; k < piece.to; k += kDepth / 4) {
        for (uint i = lane; i < kTileRows * kDepth / 4; i += lanes) {
            const uint r = i / (kDepth / 4), q = i % (kDepth / 4);
            const uvec4 w = wordsOfA(piece, firstRow + r, k + q);
            tile[r * kPitch + 2 * q] = w.x;
            tile[r * kPitch + 2 * q + 1] = w.y;
        }
        for (uint i = lane; i < kTileColumns * kDepth / 4; i += lanes) {
            const uint r = i / (kDepth / 4), q = i % (kDepth / 4);
            const uvec4 w = wordsOfB(piece, firstColumn + r, k + q);
            tile[tileB + r * kPitch + 2 * q] = w.x;
            tile[tileB + r * kPitch + 2 * q + 1] = w.y;
        }
        barrier();
        for (uint d = 0; d < kDepth; d += kMatrixDepth) {
            coopmat<float16_t, gl_ScopeSubgroup, kMatrixRows, kMatrixDepth, gl_MatrixUseA> x[kDown];
            coopmat<float16_t, gl_ScopeSubgroup, kMatrixDepth, kMatrixColumns, gl_MatrixUseB> y;
            for (uint i = 0; i < kDown; ++i)
                coopMatLoad(x[i], tile, (ownRow + i * kMatrixRows) * kPitch + d / 2, kPitch,
                    gl_CooperativeMatrixLayoutRowMajor);
            for (uint j = 0; j < kAcross; ++j) {
                coopMatLoad(y, tile, tileB + (ownColumn + j * kMatrixColumns) * kPitch + d / 2, kPitch,
                    gl_CooperativeMatrixLayoutColumnMajor);
                for (uint i = 0; i < kDown; ++i)
                    sums[i * kAcross + j] = coopMatMulAdd(x[i], y, sums[i * kAcross + j]);
            }
        }
        barrier();
    }
    for (uint i = 0; i < kDown; ++i)
        for (uint j = 0; j < kAcross; ++j)
            coopMatStore(sums[i * kAcross + j], tile,
                (ownRow + i * kMatrixRows) * kTileColumns + ownColumn + j * kMatrixColumns, kTileColumns,
                gl_CooperativeMatrixLayoutRowMajor);
    barrier();
    for (uint i = lane; i < kSums; i += lanes)
        finish(piece, firstRow + i / kTileColumns, firstColumn + i % kTileColumns, uintBitsToFloat(tile[i]));
}
