#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y = x^T for `count` matrices stacked by rows; an invocation four columns of y.
//   x (count * rows, columns), y (count * columns, rows)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.rows + 3) >> 2;
    const uint column = element % p.columns, rest = element / p.columns, group = rest % groups, outer = rest / groups;
    if (outer >= p.count)
        return;
    vec4 v = vec4(0);
    for (uint e = 0; e < 4; ++e)
        if (group * 4 + e < p.rows)
            v[e] = x[p.base[0] + (outer * p.rows + group * 4 + e) * p.xStride + column];
    y[((p.base[1] + (outer * p.columns + column) * p.yStride) >> 2) + group] = v;
}
