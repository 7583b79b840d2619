#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// The mean of `window` rows one above the other (clamped to the tile's rim), then standardised over the displacements:
// (c - mean) / (sqrt(mean of squares about it) + 0.01). An invocation a pixel.
//   costs (batch * height * width, columns), y the same
layout(local_size_x = 8) in;
layout(constant_id = 0) const uint kGroups = 13; // of four displacements
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer Costs { vec4 costs[]; };
layout(binding = 1) buffer Y { vec4 y[]; };

void main()
{
    const uint row = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 8;
    const uint columns = p.channels;
    if (row >= p.batch * p.height * p.width)
        return;
    const int yy = int(row / p.width % p.height), reach = int(p.window / 2);
    vec4 c[kGroups];
    for (uint g = 0; g < kGroups; ++g)
        c[g] = vec4(0);
    for (int d = -reach; d <= reach; ++d) {
        const int sy = clamp(yy + d, 0, int(p.height) - 1);
        const uint at = (p.base[0] + (row + uint(sy - yy) * p.width) * p.xStride) >> 2;
        for (uint g = 0; g < kGroups; ++g)
            c[g] += costs[at + g];
    }
    vec4 sum = vec4(0);
    for (uint g = 0; g < kGroups; ++g) {
        c[g] /= float(p.window);
        sum += c[g];
    }
    const float mean = (sum.x + sum.y + sum.z + sum.w) / float(columns);
    float squares = 0.0;
    for (uint g = 0; g < kGroups; ++g) {
        c[g] = (c[g] - mean) * vec4(lessThan(uvec4(g * 4) + uvec4(0, 1, 2, 3), uvec4(columns)));
        squares += dot(c[g], c[g]);
    }
    const float scale = 1.0 / (sqrt(squares / float(columns)) + 0.01);
    for (uint g = 0; g < kGroups; ++g)
        y[((p.base[1] + row * p.yStride) >> 2) + g] = c[g] * scale;
}
