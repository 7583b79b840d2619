#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Weights of grid points times 1/sigma, in place, and means[row] += the sum of weight * mean; a workgroup a row.
//   weights (rows, columns), statistics (columns, 2), means (rows, 1)
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kLanes = 8;
layout(push_constant) uniform Push { Grid p; };
layout(binding = 0) buffer Weights { float weights[]; };
layout(binding = 1) readonly buffer Statistics { float statistics[]; };
layout(binding = 2) buffer Means { float means[]; };

shared float parts[kLanes];

void main()
{
    const uint row = gl_WorkGroupID.x + gl_WorkGroupID.y * p.gridWidth, lane = gl_LocalInvocationID.x;
    if (row >= p.rows)
        return;
    float sum = 0.0;
    for (uint column = lane; column < p.columns; column += kLanes) {
        const uint at = p.base[1] + column * p.statisticsStride, place = p.base[0] + row * p.stride + column;
        const float w = weights[place] * statistics[at + 1];
        weights[place] = w;
        sum += w * statistics[at];
    }
    parts[lane] = sum;
    barrier();
    if (lane != 0)
        return;
    sum = means[p.base[2] + row * p.yStride];
    for (uint i = 0; i < kLanes; ++i)
        sum += parts[i];
    means[p.base[2] + row * p.yStride] = sum;
}
