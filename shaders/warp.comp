#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// y(pixel) = image(pixel + flow(pixel)), bilinear, clamped to the border; an invocation four channels of a pixel.
//   image, y (height * width, channels), flow (height * width, 2)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) readonly buffer Flow { vec4 flow[]; };
layout(binding = 2) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.channels + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.height * p.width)
        return;
    const vec2 size = vec2(p.width, p.height) - 1.0;
    const vec2 move = flow[(p.base[1] + row * p.flowStride) >> 2].xy;
    const vec2 at = clamp(vec2(row % p.width, row / p.width) + move, vec2(0), size);
    const uvec2 low = uvec2(floor(at)), high = min(low + 1, uvec2(size));
    const vec2 t = at - floor(at);
    const uint base = (p.base[0] >> 2) + group, stride = p.xStride >> 2;
    const vec4 top = mix(x[base + (low.y * p.width + low.x) * stride], x[base + (low.y * p.width + high.x) * stride], t.x);
    const vec4 bottom
        = mix(x[base + (high.y * p.width + low.x) * stride], x[base + (high.y * p.width + high.x) * stride], t.x);
    y[((p.base[2] + row * p.yStride) >> 2) + group] = mix(top, bottom, t.y);
}
