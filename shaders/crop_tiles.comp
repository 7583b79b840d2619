#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Tiles of an image, the rim repeated beyond it; an invocation four channels of a tile's pixel.
//   x (height * width, channels), row starts, column starts, y (tiles * tileHeight * tileWidth, channels)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer X { vec4 x[]; };
layout(binding = 1) readonly buffer RowStarts { uint rowStarts[]; };
layout(binding = 2) readonly buffer ColumnStarts { uint columnStarts[]; };
layout(binding = 3) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.channels + 3) >> 2, row = element / groups, group = element % groups;
    const uint pixels = p.tileHeight * p.tileWidth, tile = row / pixels, pixel = row % pixels;
    if (tile >= p.tileRows * p.tileColumns)
        return;
    const uint yy = min(rowStarts[p.base[1] + tile / p.tileColumns] + pixel / p.tileWidth, p.height - 1);
    const uint xx = min(columnStarts[p.base[2] + tile % p.tileColumns] + pixel % p.tileWidth, p.width - 1);
    y[((p.base[3] + row * p.yStride) >> 2) + group] = x[((p.base[0] + (yy * p.width + xx) * p.xStride) >> 2) + group];
}
