#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y[row] = x[rows[row]]; an invocation four columns. Where x is larger than a binding may be, only rows firstRow … of it are
// here (count of them), and the others are left to another dispatch.
//   x (any, columns), rows (count), y (count, columns)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) readonly buffer Chosen { uint chosen[]; };
layout(binding = 2) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.columns + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.rows)
        return;
    const uint chosenRow = chosen[p.base[1] + row] - p.xColumn; // wraps below: larger than any count
    if (chosenRow >= p.count)
        return;
    y[((p.base[2] + row * p.yStride) >> 2) + group] = x[((p.base[0] + chosenRow * p.xStride) >> 2) + group];
}
