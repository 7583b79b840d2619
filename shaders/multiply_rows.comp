#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y = a b for few rows of a: b is read once a row, four columns an invocation. z counts pieces of `queries` rows of b,
// whose sums stand behind each other in y; gemm_reduce adds them.
//   a (rows, count), b (count, columns), y (pieces, rows, columns)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { vec4 b[]; };
layout(binding = 2) buffer Y { vec4 y[]; };

void main()
{
    const uint group = gl_GlobalInvocationID.x, row = gl_WorkGroupID.y, piece = gl_WorkGroupID.z;
    if (group >= ((p.columns + 3) >> 2))
        return;
    const uint aAt = p.base[0] + row * p.xStride;
    vec4 sum = vec4(0), rest = vec4(0); // two sums: half the rounding of one long one
    const uint end = min((piece + 1) * p.queries, p.count);
    for (uint i = piece * p.queries; i < end; i += 2) {
        sum += a[aAt + i] * b[((p.base[1] + i * p.xColumn) >> 2) + group];
        if (i + 1 < end)
            rest += a[aAt + i + 1] * b[((p.base[1] + (i + 1) * p.xColumn) >> 2) + group];
    }
    y[((p.base[2] + (piece * p.rows + row) * p.yStride) >> 2) + group] = sum + rest;
}
