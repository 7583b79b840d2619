#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Windows of an image as rows, zeros outside; an invocation one value, padding included.
//   x (batch * height * width, channels), y (batch * outHeight * outWidth, window^2 * channels)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint columns = p.window * p.window * p.channels, padded = (columns + 3) & ~3u;
    const uint row = element / padded, column = element % padded;
    if (row >= p.batch * p.outHeight * p.outWidth)
        return;
    float value = 0.0;
    if (column < columns) {
        const uint channel = column % p.channels, cell = column / p.channels;
        const uint sample_ = row / (p.outHeight * p.outWidth), pixel = row % (p.outHeight * p.outWidth);
        const int yy = int(pixel / p.outWidth * p.stride + cell / p.window) - int(p.padTop);
        const int xx = int(pixel % p.outWidth * p.stride + cell % p.window) - int(p.padLeft);
        if (yy >= 0 && yy < int(p.height) && xx >= 0 && xx < int(p.width))
            value = x[p.base[0] + ((sample_ * p.height + uint(yy)) * p.width + uint(xx)) * p.xStride + channel];
    }
    y[p.base[1] + row * p.yStride + column] = value;
}
