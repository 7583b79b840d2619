// What the kernels that multiply tile by tile share: arguments, the operands as they go into shared memory, and the end
// of each sum. Includes nothing: layout.h, arithmetic.glsl and rounded.glsl come before it.
//   a (rows, depth), b (columns, depth), c (rows, columns) or partial (splits, rows, columns)
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kTileRows = 64;
layout(constant_id = 2) const uint kTileColumns = 64;
layout(constant_id = 3) const uint kOwnRows = 4; // of one invocation, or of one subgroup
layout(constant_id = 4) const uint kOwnColumns = 4;
layout(constant_id = 5) const bool kAligned = false; // whole tiles only: no bounds to check
layout(constant_id = 6) const uint kActivation = 0; // constants: software drivers run both sides of a branch
layout(constant_id = 7) const uint kFlags = 0;
const bool kRounded = (kFlags & kRounds) != 0;

layout(push_constant) uniform Push { Gemm p; };
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 0) readonly buffer HalvesOfA { uvec2 halvesOfA[]; };
layout(binding = 1) readonly buffer B { vec4 b[]; };
layout(binding = 1) readonly buffer HalvesOfB { uvec2 halvesOfB[]; };
layout(binding = 2) buffer C { float c[]; };
layout(binding = 3) readonly buffer Bias { float bias[]; };
layout(binding = 4) readonly buffer Statistics { float statistics[]; };
layout(binding = 5) readonly buffer Residual { float residual[]; };

// The product, and the piece of its depth, that a workgroup computes. Operands and depth are counted in fours.
struct Piece {
    uint aBase, bBase, cBase, residualBase, from, to;
};

Piece ownPiece()
{
    const uint product = gl_WorkGroupID.z / p.splits, piece = gl_WorkGroupID.z % p.splits;
    const uint outer = product / p.inner, inner = product % p.inner;
    const uint cStep = outer * p.cOuter + inner * p.cInner, padded = (p.columns + 3) & ~3u;
    const uint from = piece * (p.splitDepth >> 2);
    return Piece((p.base[0] + outer * p.aOuter + inner * p.aInner) >> 2,
        (p.base[1] + outer * p.bOuter + inner * p.bInner) >> 2,
        p.base[2] + ((kFlags & kIsPartial) != 0 ? gl_WorkGroupID.z * p.rows * padded : cStep), p.base[5] + cStep, from,
        min(from + (p.splitDepth >> 2), (p.depth + 3) >> 2));
}

uvec4 words(vec4 x) // two where they are rounded
{
    return kRounded ? uvec4(packRounded(x.x, x.y), packRounded(x.z, x.w), 0, 0) : floatBitsToUint(x);
}

// Four neighbours of the depth, from k on; zeros outside.
uvec4 wordsOfA(Piece piece, uint row, uint k)
{
    if (!kAligned && (row >= p.rows || k >= piece.to))
        return uvec4(0);
    const uint at = piece.aBase + row * (p.aStride >> 2) + k;
    vec4 x = (kFlags & kHalvesA) != 0 ? unpackHalves(halvesOfA[at]) : a[at];
    if ((kFlags & kHasStatistics) != 0) {
        const uint s = p.base[4] + row * p.statisticsStride;
        x = (x - statistics[s]) * statistics[s + 1];
    }
    return words(kRounded ? x * p.aScale : x);
}

uvec4 wordsOfB(Piece piece, uint column, uint k)
{
    if (!kAligned && (column >= p.columns || k >= piece.to))
        return uvec4(0);
    const uint at = piece.bBase + column * (p.bStride >> 2) + k;
    return (kFlags & kHalvesB) != 0 ? uvec4(halvesOfB[at], 0, 0) : words(b[at]);
}

// The end of a sum: what is outside of C goes nowhere.
void finish(Piece piece, uint row, uint column, float sum)
{
    const uint padded = (p.columns + 3) & ~3u;
    if ((!kAligned && row >= p.rows) || column >= padded)
        return;
    if ((kFlags & kIsPartial) != 0) {
        c[piece.cBase + row * padded + column] = sum;
        return;
    }
    const bool inside = column < p.columns;
    const float offset = inside && (kFlags & kHasBias) != 0 ? bias[p.base[3] + column] : 0.0;
    float value = activate(p.alpha * sum + offset, kActivation);
    if ((kFlags & kHasResidual) != 0)
        value += residual[piece.residualBase + row * p.residualStride + column];
    c[piece.cBase + row * p.cStride + column] = inside ? value : 0.0;
}
