#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y = |x|^2 / (rows * columns) of complex values without gaps, as VkFFT leaves them, and zeros in y's padding; an
// invocation a value.
//   x (rows * columns) pairs, y (rows, columns)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { vec2 x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint width = (p.columns + 3) & ~3u, row = element / width, column = element % width;
    if (row >= p.rows)
        return;
    float power = 0.0;
    if (column < p.columns) {
        const vec2 value = x[(p.base[0] >> 1) + row * p.columns + column];
        power = dot(value, value) / float(p.rows * p.columns);
    }
    y[p.base[1] + row * p.yStride + column] = power;
}
