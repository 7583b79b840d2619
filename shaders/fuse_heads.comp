#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y[row] = mean, (mode 1) maximum or (mode 2) minimum of x[head * rows + row] over the heads; an invocation four columns.
//   x (heads * rows, columns), y (rows, columns)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.columns + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.rows)
        return;
    vec4 v = x[((p.base[0] + row * p.xStride) >> 2) + group];
    for (uint head = 1; head < p.heads; ++head) {
        const vec4 next = x[((p.base[0] + (head * p.rows + row) * p.xStride) >> 2) + group];
        v = p.mode == 1 ? max(v, next) : p.mode == 2 ? min(v, next) : v + next;
    }
    y[((p.base[1] + row * p.yStride) >> 2) + group] = p.mode == 0 ? v / float(p.heads) : v;
}
