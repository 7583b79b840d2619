#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Columns of y from yColumn on: copied from x, or (mode 1) from x's first row in every row; an invocation one value.
//   x (rows, columns) or (1, columns), y (rows, more columns)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint row = element / p.columns, column = element % p.columns;
    if (row >= p.rows)
        return;
    y[p.base[1] + row * p.yStride + p.yColumn + column] = x[p.base[0] + (p.mode == 1 ? 0 : row * p.xStride) + column];
}
