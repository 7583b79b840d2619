#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_ballot : require
#include "layout.h"
#include "arithmetic.glsl"

// C = activation(alpha norm(A) B^T + bias) + residual, for software drivers with subgroups of 8: one subgroup holds 16
// rows x 64 columns in registers, lane l the columns l, l + 8 …; a lane loads two rows of A and broadcasts them. There
// is no shared memory: on such a driver a load costs more than arithmetic, wherever it comes from.
//   a (rows, depth), b (columns, depth), c (rows, columns); z: the product of outer x inner
layout(local_size_x = 8) in;
layout(push_constant) uniform Push { Gemm p; };
layout(binding = 0) readonly buffer A { vec4 a[]; };
layout(binding = 1) readonly buffer B { vec4 b[]; };
layout(binding = 2) buffer C { float c[]; };
layout(binding = 3) readonly buffer Bias { float bias[]; };
layout(binding = 4) readonly buffer Statistics { float statistics[]; };
layout(binding = 5) readonly buffer Residual { float residual[]; };

const uint kRows = 16, kColumns = 8;

void main()
{
    const uint lane = gl_LocalInvocationID.x;
    const uint firstRow = gl_WorkGroupID.y * kRows, firstColumn = gl_WorkGroupID.x * 64 + lane;
    const uint outer = gl_WorkGroupID.z / p.inner, inner = gl_WorkGroupID.z % p.inner;
    const uint aBase = (p.base[0] + outer * p.aOuter + inner * p.aInner) >> 2;
    const uint bBase = (p.base[1] + outer * p.bOuter + inner * p.bInner) >> 2;
    const uint cBase = p.base[2] + outer * p.cOuter + inner * p.cInner;
    const uint row0 = min(firstRow + lane, p.rows - 1), row1 = min(firstRow + 8 + lane, p.rows - 1);
    uint a0 = aBase + row0 * (p.aStride >> 2), a1 = aBase + row1 * (p.aStride >> 2);
    uint bAt[kColumns];
    for (uint j = 0; j < kColumns; ++j)
        bAt[j] = bBase + min(firstColumn + 8 * j, p.columns - 1) * (p.bStride >> 2);

    vec2 s0 = vec2(0, 1), s1 = vec2(0, 1);
    if ((p.flags & kHasStatistics) != 0) {
        const uint i0 = p.base[4] + row0 * p.statisticsStride, i1 = p.base[4] + row1 * p.statisticsStride;
        s0 = vec2(statistics[i0], statistics[i0 + 1]);
        s1 = vec2(statistics[i1], statistics[i1 + 1]);
    }

    float sums[kRows][kColumns];
    for (uint i = 0; i < kRows; ++i)
        for (uint j = 0; j < kColumns; ++j)
            sums[i][j] = 0.0;
    const uint steps = (p.depth + 3) >> 2;
    for (uint k = 0; k < steps; ++k) {
        const vec4 x0 = (a[a0 + k] - s0.x) * s0.y, x1 = (a[a1 + k] - s1.x) * s1.y;
        vec4 y[kColumns];
        for (uint j = 0; j < kColumns; ++j)
            y[j] = b[bAt[j] + k];
        for (uint i = 0; i < 8; ++i) {
            const vec4 u = subgroupBroadcast(x0, i), v = subgroupBroadcast(x1, i);
            for (uint j = 0; j < kColumns; ++j) {
                sums[i][j] = fma(u.x, y[j].x, fma(u.y, y[j].y, fma(u.z, y[j].z, fma(u.w, y[j].w, sums[i][j]))));
                sums[i + 8][j]
                    = fma(v.x, y[j].x, fma(v.y, y[j].y, fma(v.z, y[j].z, fma(v.w, y[j].w, sums[i + 8][j]))));
            }
        }
    }

    const uint padded = (p.columns + 3) & ~3u;
    for (uint j = 0; j < kColumns; ++j) {
        const uint column = firstColumn + 8 * j;
        if (column >= padded)
            continue;
        const bool inside = column < p.columns;
        const float offset = inside && (p.flags & kHasBias) != 0 ? bias[p.base[3] + column] : 0.0;
        for (uint i = 0; i < kRows; ++i) {
            const uint row = firstRow + i;
            if (row >= p.rows)
                continue;
            float value = activate(p.alpha * sums[i][j] + offset, p.activation);
            if ((p.flags & kHasResidual) != 0)
                value += residual[p.base[5] + outer * p.cOuter + inner * p.cInner + row * p.residualStride + column];
            c[cBase + row * p.cStride + column] = inside ? value : 0.0;
        }
    }
}
