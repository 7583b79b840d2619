#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Mean and 1/sigma of rows [ features | positions of a grid point ]; an invocation a row.
//   x (rows, columns), axes (extent, 2): sum and sum of squares of the axis' channels, y (rows, 2)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Grid p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) readonly buffer Axis0 { float axis0[]; };
layout(binding = 2) readonly buffer Axis1 { float axis1[]; };
layout(binding = 3) readonly buffer Axis2 { float axis2[]; };
layout(binding = 4) buffer Y { float y[]; };

void main()
{
    const uint row = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    if (row >= p.rows)
        return;
    const uint point = p.first + row;
    const uint at0 = p.base[1] + point / p.blocks[0] % p.extents[0] * p.tableStrides[0];
    vec2 positions = vec2(axis0[at0], axis0[at0 + 1]); // sum, sum of squares
    if (p.axes > 1) {
        const uint at = p.base[2] + point / p.blocks[1] % p.extents[1] * p.tableStrides[1];
        positions += vec2(axis1[at], axis1[at + 1]);
    }
    if (p.axes > 2) {
        const uint at = p.base[3] + point / p.blocks[2] % p.extents[2] * p.tableStrides[2];
        positions += vec2(axis2[at], axis2[at + 1]);
    }
    const uint start = (p.base[0] + row * p.stride) >> 2, groups = p.columns >> 2, rest = p.columns & 3u;
    const bvec4 inside = lessThan(uvec4(0, 1, 2, 3), uvec4(rest));
    vec4 sums = vec4(0);
    for (uint i = 0; i < groups; ++i)
        sums += x[start + i];
    if (rest > 0)
        sums += mix(vec4(0), x[start + groups], inside);
    const float channels = float(p.columns + p.positionChannels);
    const float mean = ((sums.x + sums.y) + (sums.z + sums.w) + positions.x) / channels;
    vec4 squares = vec4(0);
    for (uint i = 0; i < groups; ++i) {
        const vec4 off = x[start + i] - mean;
        squares += off * off;
    }
    if (rest > 0) {
        const vec4 off = mix(vec4(0), x[start + groups] - mean, inside);
        squares += off * off;
    }
    const float ofPositions = positions.y + mean * (float(p.positionChannels) * mean - 2.0 * positions.x);
    const float variance = ((squares.x + squares.y) + (squares.z + squares.w) + ofPositions) / channels;
    y[p.base[4] + row * p.yStride] = mean;
    y[p.base[4] + row * p.yStride + 1] = 1.0 / sqrt(variance + 1e-5);
}
