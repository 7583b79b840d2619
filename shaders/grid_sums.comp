#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// marginal[row, index] += the sum of the row's weights at the points with this index on axis `mode`; an invocation one
// row and one of the `touched` indices from firstIndex on.
//   weights (rows, columns), marginal (rows, extent)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Grid p; };
layout(binding = 0) readonly buffer Weights { float weights[]; };
layout(binding = 1) buffer Marginal { float marginal[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint row = element / p.touched, block = p.blocks[p.mode], extent = p.extents[p.mode];
    if (row >= p.rows)
        return;
    const uint index = (p.firstIndex + element % p.touched) % extent;
    const uint start = p.base[0] + row * p.stride, last = p.first + p.columns;
    float sum = 0.0;
    // Blocks of points with this index, those that the columns hold.
    for (uint from = p.first / (block * extent) * (block * extent) + index * block; from < last; from += block * extent)
        for (uint point = max(from, p.first); point < min(from + block, last); ++point)
            sum += weights[start + point - p.first];
    marginal[p.base[1] + row * p.yStride + index] += sum;
}
