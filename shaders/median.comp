#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// The median of each component over a window, clamped to the border: the smaller half is sorted out by exchanges, which
// work on four components at once. An invocation four components of a pixel.
//   x, y (height * width, channels)
layout(local_size_x = 8) in;
layout(constant_id = 0) const uint kCount = 25; // window^2
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 8;
    const uint groups = (p.channels + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.height * p.width)
        return;
    const int xx = int(row % p.width), yy = int(row / p.width), reach = int(p.window / 2);
    vec4 v[kCount];
    for (uint i = 0; i < kCount; ++i) {
        const int sy = clamp(yy + int(i / p.window) - reach, 0, int(p.height) - 1);
        const int sx = clamp(xx + int(i % p.window) - reach, 0, int(p.width) - 1);
        v[i] = x[((p.base[0] + (uint(sy) * p.width + uint(sx)) * p.xStride) >> 2) + group];
    }
    for (uint i = 0; i <= kCount / 2; ++i)
        for (uint j = i + 1; j < kCount; ++j) {
            const vec4 low = min(v[i], v[j]);
            v[j] = max(v[i], v[j]);
            v[i] = low;
        }
    y[((p.base[1] + row * p.yStride) >> 2) + group] = v[kCount / 2];
}
