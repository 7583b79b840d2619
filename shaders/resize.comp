#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Bilinear resampling with half-pixel centres; mode 1: the triangle filter is widened by the shrinking factor
// (antialiasing), weights normalised at the rim. An invocation four channels of a pixel.
//   x (height * width, channels), y (outHeight * outWidth, channels)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) buffer Y { vec4 y[]; };

// The source range [first, last) of an output index and the filter's centre and scale.
struct Span {
    int first, last;
    float centre, scale;
};

Span spanOf(uint index, uint inputs, uint outputs)
{
    const float ratio = float(inputs) / float(outputs);
    Span s;
    s.scale = p.mode == 1 ? max(ratio, 1.0) : 1.0;
    s.centre = (float(index) + 0.5) * ratio;
    if (p.mode != 1)
        s.centre = clamp(s.centre, 0.5, float(inputs) - 0.5);
    s.first = max(int(s.centre - s.scale + 0.5), 0);
    s.last = min(int(s.centre + s.scale + 0.5), int(inputs));
    return s;
}

float weightOf(Span s, int i)
{
    return max(0.0, 1.0 - abs((float(i) - s.centre + 0.5) / s.scale));
}

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.channels + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.outHeight * p.outWidth)
        return;
    const Span v = spanOf(row / p.outWidth, p.height, p.outHeight), h = spanOf(row % p.outWidth, p.width, p.outWidth);
    vec4 sum = vec4(0);
    float total = 0.0;
    for (int i = v.first; i < v.last; ++i) {
        vec4 line = vec4(0);
        float weights = 0.0;
        for (int j = h.first; j < h.last; ++j) {
            const float w = weightOf(h, j);
            line += w * x[((p.base[0] + (uint(i) * p.width + uint(j)) * p.xStride) >> 2) + group];
            weights += w;
        }
        const float w = weightOf(v, i);
        sum += w * line;
        total += w * weights;
    }
    y[((p.base[1] + row * p.yStride) >> 2) + group] = sum / total;
}
