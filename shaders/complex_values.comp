#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// The values of a matrix as complex numbers without gaps, as VkFFT takes them; an invocation a value.
//   x (rows, columns), y (rows * columns) pairs
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { vec2 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint row = element / p.columns, column = element % p.columns;
    if (row >= p.rows)
        return;
    y[(p.base[1] >> 1) + element] = vec2(x[p.base[0] + row * p.xStride + column], 0.0);
}
