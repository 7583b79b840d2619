#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Mode 0: mean over RGB of |first(pixel) - second(pixel + displacement)|, second clamped to the tile's rim; an invocation
// one displacement, padding included. Mode 1: the mean of `window` such rows side by side, clamped to the rim; an
// invocation four displacements.
//   first, second (batch * height * width, 3), costs (batch * height * width, (2 radius + 1)^2)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer First { vec4 first[]; };
layout(binding = 1) readonly buffer Second { vec4 second[]; };
layout(binding = 2) buffer Y { float y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint side = 2 * p.radius + 1, columns = side * side, padded = (columns + 3) & ~3u;
    const uint perRow = p.mode == 0 ? padded : padded >> 2;
    const uint row = element / perRow, column = element % perRow;
    if (row >= p.batch * p.height * p.width)
        return;
    const int xx = int(row % p.width), yy = int(row / p.width % p.height);
    if (p.mode == 0) {
        float cost = 0.0;
        if (column < columns) {
            const int sy = clamp(yy + int(column / side) - int(p.radius), 0, int(p.height) - 1);
            const int sx = clamp(xx + int(column % side) - int(p.radius), 0, int(p.width) - 1);
            const uint other = row + uint(sy - yy) * p.width + uint(sx - xx);
            const vec3 d = abs(first[(p.base[0] + row * p.xStride) >> 2].xyz
                - second[(p.base[1] + other * p.xStride) >> 2].xyz);
            cost = (d.x + d.y + d.z) / 3.0;
        }
        y[p.base[2] + row * p.yStride + column] = cost;
        return;
    }
    const int reach = int(p.window / 2);
    vec4 sum = vec4(0);
    for (int d = -reach; d <= reach; ++d) {
        const int sx = clamp(xx + d, 0, int(p.width) - 1);
        sum += first[((p.base[0] + (row + uint(sx - xx)) * p.yStride) >> 2) + column];
    }
    sum /= float(p.window);
    for (uint e = 0; e < 4; ++e)
        y[p.base[2] + row * p.yStride + column * 4 + e] = sum[e];
}
