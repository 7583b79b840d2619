#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Lucas and Kanade's least squares of one window size, in three passes; an invocation a pixel.
// Mode 0: products of the slopes of the frames' mean and of their difference, averaged over RGB: xx, xy, yy, xt, yt.
// Mode 1: the mean of `window` such rows side by side. Mode 2: of `window` rows one above the other, then the motion and
// how well it is determined, into columns radius … radius + 2 of y. All clamped to the tile's rim.
//   first, second (batch * height * width, 3), products in 8 floats a pixel
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer First { vec4 first[]; };
layout(binding = 1) readonly buffer Second { vec4 second[]; };
layout(binding = 2) buffer Y { float y[]; };

uint row;
int xx, yy;

uint neighbour(int dx, int dy)
{
    const int sx = clamp(xx + dx, 0, int(p.width) - 1), sy = clamp(yy + dy, 0, int(p.height) - 1);
    return row + uint((sy - yy) * int(p.width) + sx - xx);
}

vec3 middle(int dx, int dy)
{
    const uint at = neighbour(dx, dy) * p.xStride;
    return 0.5 * (first[(p.base[0] + at) >> 2].xyz + second[(p.base[1] + at) >> 2].xyz);
}

void main()
{
    row = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    if (row >= p.batch * p.height * p.width)
        return;
    xx = int(row % p.width);
    yy = int(row / p.width % p.height);
    const uint to = p.base[2] + row * p.yStride;
    if (p.mode == 0) {
        const vec3 ix = 0.5 * (middle(1, 0) - middle(-1, 0)), iy = 0.5 * (middle(0, 1) - middle(0, -1));
        const uint at = row * p.xStride;
        const vec3 change = second[(p.base[1] + at) >> 2].xyz - first[(p.base[0] + at) >> 2].xyz;
        y[to] = dot(ix, ix) / 3.0;
        y[to + 1] = dot(ix, iy) / 3.0;
        y[to + 2] = dot(iy, iy) / 3.0;
        y[to + 3] = dot(ix, change) / 3.0;
        y[to + 4] = dot(iy, change) / 3.0;
        return;
    }
    const int reach = int(p.window / 2);
    vec4 sum = vec4(0);
    float yt = 0.0;
    for (int d = -reach; d <= reach; ++d) {
        const uint at = (p.base[0] + (p.mode == 1 ? neighbour(d, 0) : neighbour(0, d)) * p.xStride) >> 2;
        sum += first[at];
        yt += first[at + 1].x;
    }
    sum /= float(p.window);
    yt /= float(p.window);
    if (p.mode == 1) {
        for (uint e = 0; e < 4; ++e)
            y[to + e] = sum[e];
        y[to + 4] = yt;
        return;
    }
    if (p.radius == 0)
        for (uint pad = p.channels; pad < p.elements; ++pad)
            y[to + pad] = 0.0;
    const float a = sum.x + kMotionDamping, b = sum.z + kMotionDamping, determinant = a * b - sum.y * sum.y;
    y[to + p.radius] = clamp((sum.y * yt - b * sum.w) / determinant, -kMotionReach, kMotionReach);
    y[to + p.radius + 1] = clamp((sum.y * sum.w - a * yt) / determinant, -kMotionReach, kMotionReach);
    const float half_ = 0.5 * (sum.x - sum.z);
    const float smaller = 0.5 * (sum.x + sum.z) - sqrt(half_ * half_ + sum.y * sum.y);
    y[to + p.radius + 2] = log2(max(smaller / kMotionDamping, 1.0)) / 4.0;
}
