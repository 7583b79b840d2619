#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"
#include "arithmetic.glsl"

// Rows of scores to rows of weights, in place; kLanes invocations a row, and where that is one, kRows rows a workgroup. kMode: the whole softmax; one chunk of a streamed one
// (weights not yet divided, the statistics brought up to date, the factor for what older chunks summed); or weights
// again from kept statistics. Masked columns become 0, padding stays 0, a row without keys becomes 0.
//   scores (rows, columns), mask (columns), maximum, sum, factor (rows)
layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kLanes = 8;
layout(constant_id = 2) const uint kMode = 0;
layout(constant_id = 3) const uint kRows = 1;
layout(constant_id = 4) const bool kMasked = false;
layout(push_constant) uniform Push { Softmax p; };
layout(binding = 0) buffer Scores { vec4 scores[]; };
layout(binding = 1) readonly buffer Mask { float mask[]; };
layout(binding = 2) buffer Maximum { float maximum[]; };
layout(binding = 3) buffer Sum { float sum[]; };
layout(binding = 4) buffer Factor { float factor[]; };

shared float parts[kLanes];

const float kNoMaximum = -1e30;

// 1 where this group's columns are keys that count.
vec4 present(uint group)
{
    vec4 here = vec4(lessThan(uvec4(group * 4) + uvec4(0, 1, 2, 3), uvec4(p.columns)));
    if (kMasked)
        for (uint e = 0; e < 4; ++e)
            if (group * 4 + e < p.columns)
                here[e] = mask[p.base[1] + group * 4 + e] != 0.0 ? 1.0 : 0.0;
    return here;
}

vec4 weights(vec4 x, vec4 here, float most)
{
    return mix(vec4(0), exactExp(x - most), notEqual(here, vec4(0)));
}

void main()
{
    const uint row = (gl_WorkGroupID.x + gl_WorkGroupID.y * p.gridWidth) * kRows + gl_LocalInvocationID.x / kLanes;
    const uint lane = gl_LocalInvocationID.x % kLanes;
    if (row >= p.rows)
        return;
    const uint start = (p.base[0] + row * p.stride) >> 2, groups = (p.columns + 3) >> 2;
    if (kMode == kSoftmaxProbabilities) {
        const float most = maximum[p.base[2] + row], total = sum[p.base[3] + row];
        const float scale = total > 0.0 ? 1.0 / total : 0.0;
        for (uint i = lane; i < groups; i += kLanes)
            scores[start + i] = weights(scores[start + i], present(i), most) * scale;
        return;
    }

    float most = kNoMaximum;
    for (uint i = lane; i < groups; i += kLanes) {
        const vec4 x = mix(vec4(kNoMaximum), scores[start + i], notEqual(present(i), vec4(0)));
        most = max(most, max(max(x.x, x.y), max(x.z, x.w)));
    }
    if (kLanes > 1) {
        parts[lane] = most;
        barrier();
        for (uint i = 0; i < kLanes; ++i)
            most = max(most, parts[i]);
        barrier();
    }
    const float before = kMode == kSoftmaxChunk ? maximum[p.base[2] + row] : kNoMaximum;
    most = max(most, before);

    vec4 sums = vec4(0);
    for (uint i = lane; i < groups; i += kLanes) {
        const vec4 w = weights(scores[start + i], present(i), most);
        scores[start + i] = w;
        sums += w;
    }
    float total = (sums.x + sums.y) + (sums.z + sums.w);
    if (kLanes > 1) {
        parts[lane] = total;
        barrier();
        total = 0.0;
        for (uint i = 0; i < kLanes; ++i)
            total += parts[i];
    }

    if (kMode == kSoftmaxChunk) {
        const float keep = exactExp(before - most);
        if (lane == 0) {
            factor[p.base[4] + row] = keep;
            maximum[p.base[2] + row] = most;
            sum[p.base[3] + row] = sum[p.base[3] + row] * keep + total;
        }
        return;
    }
    const float scale = total > 0.0 ? 1.0 / total : 0.0;
    for (uint i = lane; i < groups; i += kLanes)
        scores[start + i] *= scale;
    if (lane == 0 && p.hasStatistics != 0) {
        maximum[p.base[2] + row] = most;
        sum[p.base[3] + row] = total;
    }
}
