#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"
#include "arithmetic.glsl"

// C = activation(alpha norm(A) B^T + bias) + residual, for software drivers: an invocation holds 16 rows x kColumns
// columns in registers, lane l the columns l, l + 8 … There is no shared memory and no broadcast: on such a driver each
// costs as much as the load that it saves, and large tiles save more.
//   a (rows, depth), b (columns, depth), c (rows, columns); z: the product of outer x inner
layout(local_size_x = 8) in;
layout(constant_id = 0) const uint kColumns = 16;
layout(constant_id = 1) const bool kNormalised = false;
layout(constant_id = 2) const uint kActivation = 0; // constants: software drivers run both sides of a branch
layout(constant_id = 3) const uint kFlags = 0;
layout(push_constant) uniform Push { Gemm p; };
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 1) readonly buffer B { vec4 b[]; };
layout(binding = 2) buffer C { float c[]; };
layout(binding = 3) readonly buffer Bias { float bias[]; };
layout(binding = 4) readonly buffer Statistics { float statistics[]; };
layout(binding = 5) readonly buffer Residual { float residual[]; };

const uint kRows = 16;

void main()
{
    const uint lane = gl_LocalInvocationID.x;
    const uint firstRow = gl_WorkGroupID.y * kRows, firstColumn = gl_WorkGroupID.x * 8 * kColumns + lane;
    const uint outer = gl_WorkGroupID.z / p.inner, inner = gl_WorkGroupID.z % p.inner;
    const uint aBase = (p.base[0] + outer * p.aOuter + inner * p.aInner) >> 2;
    const uint bBase = (p.base[1] + outer * p.bOuter + inner * p.bInner) >> 2;
    const uint cBase = p.base[2] + outer * p.cOuter + inner * p.cInner;
    uint aAt[kRows];
    for (uint i = 0; i < kRows; ++i)
        aAt[i] = aBase + min(firstRow + i, p.rows - 1) * (p.aStride >> 2);
    uint bAt[kColumns];
    for (uint j = 0; j < kColumns; ++j)
        bAt[j] = bBase + min(firstColumn + 8 * j, p.columns - 1) * (p.bStride >> 2);

    vec2 norm[kRows];
    for (uint i = 0; i < kRows && kNormalised; ++i) {
        const uint at = p.base[4] + min(firstRow + i, p.rows - 1) * p.statisticsStride;
        norm[i] = vec2(statistics[at], statistics[at + 1]);
    }

    float sums[kRows][kColumns];
    for (uint i = 0; i < kRows; ++i)
        for (uint j = 0; j < kColumns; ++j)
            sums[i][j] = 0.0;
    const uint steps = (p.depth + 3) >> 2;
    for (uint k = 0; k < steps; ++k) {
        vec4 y[kColumns];
        for (uint j = 0; j < kColumns; ++j)
            y[j] = b[bAt[j] + k];
        for (uint i = 0; i < kRows; ++i) {
            const vec4 x = kNormalised ? (a[aAt[i] + k] - norm[i].x) * norm[i].y : a[aAt[i] + k];
            for (uint j = 0; j < kColumns; ++j)
                sums[i][j] += x.x * y[j].x + x.y * y[j].y + x.z * y[j].z + x.w * y[j].w;
        }
    }

    const uint padded = (p.columns + 3) & ~3u;
    for (uint j = 0; j < kColumns; ++j) {
        const uint column = firstColumn + 8 * j;
        if (column >= padded)
            continue;
        const bool inside = column < p.columns;
        const float offset = inside && (kFlags & kHasBias) != 0 ? bias[p.base[3] + column] : 0.0;
        for (uint i = 0; i < kRows; ++i) {
            const uint row = firstRow + i;
            if (row >= p.rows)
                continue;
            float value = activate(p.alpha * sums[i][j] + offset, kActivation);
            if ((kFlags & kHasResidual) != 0)
                value += residual[p.base[5] + outer * p.cOuter + inner * p.cInner + row * p.residualStride + column];
            c[cBase + row * p.cStride + column] = inside ? value : 0.0;
        }
    }
}
