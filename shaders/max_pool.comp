#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// The largest value of each window, 0 outside; an invocation four channels.
//   x (height * width, channels), y (outHeight * outWidth, channels)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.channels + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.outHeight * p.outWidth)
        return;
    vec4 most = vec4(0);
    for (uint cell = 0; cell < p.window * p.window; ++cell) {
        const int yy = int(row / p.outWidth * p.stride + cell / p.window) - int(p.padTop);
        const int xx = int(row % p.outWidth * p.stride + cell % p.window) - int(p.padLeft);
        if (yy >= 0 && yy < int(p.height) && xx >= 0 && xx < int(p.width))
            most = max(most, x[((p.base[0] + (uint(yy) * p.width + uint(xx)) * p.xStride) >> 2) + group]);
    }
    y[((p.base[1] + row * p.yStride) >> 2) + group] = most;
}
