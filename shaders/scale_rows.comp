#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// x[row, head's columns] *= or (mode 1) /= factor[(batch * heads + head) * queries + query]; 0 divides to 0.
//   x (batch * queries, columns), factor (batch * heads * queries); an invocation four columns
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) buffer X { vec4 x[]; };
layout(binding = 1) readonly buffer Factor { float factor[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.columns + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.rows)
        return;
    const uint head = group * 4 * p.heads / ((p.columns + 3) & ~3u);
    float f = factor[p.base[1] + (row / p.queries * p.heads + head) * p.queries + row % p.queries];
    if (p.mode == 1)
        f = f != 0.0 ? 1.0 / f : 0.0;
    const uint at = ((p.base[0] + row * p.xStride) >> 2) + group;
    x[at] = f == 0.0 ? vec4(0) : x[at] * f;
}
