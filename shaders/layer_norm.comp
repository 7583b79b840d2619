#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y = (x - mean) / sqrt(variance + 1e-5) * gain + offset, or (kStatistics) y = (mean, 1 / sqrt(variance + 1e-5)); kLanes
// invocations a row, and where that is one, kRows rows a workgroup. The variance is of the centred values: no cancellation.
//   x (rows, columns), gain, offset (columns), y (rows, columns) or (rows, 2)
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kLanes = 8;
layout(constant_id = 2) const bool kStatistics = false;
layout(constant_id = 3) const uint kRows = 1;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) readonly buffer Gain { float gain[]; };
layout(binding = 2) readonly buffer Offset { float offset[]; };
layout(binding = 3) buffer Y { vec4 y[]; };

shared float parts[kLanes];

float total(float part, uint lane)
{
    if (kLanes == 1)
        return part;
    parts[lane] = part;
    barrier();
    float sum = 0.0;
    for (uint i = 0; i < kLanes; ++i)
        sum += parts[i];
    barrier();
    return sum;
}

void main()
{
    const uint row = (gl_WorkGroupID.x + gl_WorkGroupID.y * p.gridWidth) * kRows + gl_LocalInvocationID.x / kLanes;
    const uint lane = gl_LocalInvocationID.x % kLanes;
    if (row >= p.rows)
        return;
    const uint start = (p.base[0] + row * p.xStride) >> 2, groups = (p.columns + 3) >> 2;
    vec4 sums = vec4(0);
    for (uint i = lane; i < groups; i += kLanes)
        sums += x[start + i];
    const float mean = total((sums.x + sums.y) + (sums.z + sums.w), lane) / float(p.columns);
    sums = vec4(0);
    for (uint i = lane; i < groups; i += kLanes) {
        const vec4 here = vec4(lessThan(uvec4(i * 4) + uvec4(0, 1, 2, 3), uvec4(p.columns)));
        const vec4 d = (x[start + i] - mean) * here;
        sums += d * d;
    }
    const float variance = total((sums.x + sums.y) + (sums.z + sums.w), lane) / float(p.columns);
    const float scale = 1.0 / sqrt(variance + 1e-5);
    const uint out_ = (p.base[3] + row * p.yStride) >> 2;
    if (kStatistics) {
        if (lane == 0)
            y[out_] = vec4(mean, scale, 0, 0);
        return;
    }
    for (uint i = lane; i < groups; i += kLanes) {
        vec4 v = (x[start + i] - mean) * scale;
        for (uint e = 0; e < 4; ++e) {
            const uint column = i * 4 + e;
            if (column >= p.columns) {
                v[e] = 0.0;
                continue;
            }
            if (p.hasGain != 0)
                v[e] *= gain[p.base[1] + column];
            if (p.hasOffset != 0)
                v[e] += offset[p.base[2] + column];
        }
        y[out_ + i] = v;
    }
}
