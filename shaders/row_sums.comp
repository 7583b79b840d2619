#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y[row] = sum of the row, or (mode 1) y[row] += it; a workgroup a row.
//   x (rows, columns), y (rows)
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kLanes = 8;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) buffer Y { float y[]; };

shared float parts[kLanes];

void main()
{
    const uint row = gl_WorkGroupID.x + gl_WorkGroupID.y * p.gridWidth, lane = gl_LocalInvocationID.x;
    if (row >= p.rows)
        return;
    const uint start = (p.base[0] + row * p.xStride) >> 2, groups = (p.columns + 3) >> 2;
    vec4 sums = vec4(0);
    for (uint i = lane; i < groups; i += kLanes)
        sums += x[start + i];
    parts[lane] = (sums.x + sums.y) + (sums.z + sums.w);
    barrier();
    if (lane != 0)
        return;
    float sum = p.mode == 1 ? y[p.base[1] + row] : 0.0;
    for (uint i = 0; i < kLanes; ++i)
        sum += parts[i];
    y[p.base[1] + row] = sum;
}
