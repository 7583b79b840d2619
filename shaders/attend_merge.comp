#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"
#include "arithmetic.glsl"

// The pieces of attend_fused as one: each was summed against its own maximum. One invocation four channels of a row.
//   parts (splits, rows, g), maxima, sums (splits, rows); rows = batch heads queries
//   context (batch queries, heads g), maximum, sum (rows)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Attend p; };
layout(binding = 0) readonly buffer Parts { vec4 parts[]; };
layout(binding = 1) readonly buffer Maxima { float maxima[]; };
layout(binding = 2) readonly buffer Sums { float sums[]; };
layout(binding = 3) buffer Context { vec4 context[]; };
layout(binding = 5) buffer Maximum { float maximum[]; };
layout(binding = 6) buffer Sum { float sum[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64, groups = p.g / 4;
    if (element >= p.rows * groups)
        return;
    const uint row = element / groups, group = element % groups;
    float most = maxima[p.base[1] + row];
    for (uint s = 1; s < p.splits; ++s)
        most = max(most, maxima[p.base[1] + s * p.rows + row]);
    vec4 values = vec4(0);
    float total = 0.0;
    for (uint s = 0; s < p.splits; ++s) {
        const uint at = s * p.rows + row;
        const float weight = exactExp(maxima[p.base[1] + at] - most);
        values += weight * parts[(p.base[0] >> 2) + at * groups + group];
        total += weight * sums[p.base[2] + at];
    }
    const uint query = row % p.queries, head = row / p.queries % p.heads, batch = row / p.queries / p.heads;
    context[((p.base[3] + (batch * p.queries + query) * p.contextStride + head * p.g) >> 2) + group]
        = values * (total > 0.0 ? 1.0 / total : 0.0);
    if (group == 0) {
        maximum[p.base[5] + row] = most;
        sum[p.base[6] + row] = total;
    }
}
