#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// The weighted mean of all tiles that cover a pixel; weights fall to 1 at a tile's rim. An invocation four channels.
// rows[2 y], rows[2 y + 1]: the first tile row that covers row y and one past the last; columns likewise.
//   tiles (tiles * tileHeight * tileWidth, channels), row starts, column starts, rows, columns, y (height * width, channels)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Image p; };
layout(binding = 0) readonly buffer Tiles { vec4 tiles[]; };
layout(binding = 1) readonly buffer RowStarts { uint rowStarts[]; };
layout(binding = 2) readonly buffer ColumnStarts { uint columnStarts[]; };
layout(binding = 3) readonly buffer RowCover { uint rowCover[]; };
layout(binding = 4) readonly buffer ColumnCover { uint columnCover[]; };
layout(binding = 5) buffer Y { vec4 y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.channels + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.height * p.width)
        return;
    const uint yy = row / p.width, xx = row % p.width;
    vec4 sum = vec4(0);
    float total = 0.0;
    for (uint i = rowCover[p.base[3] + 2 * yy]; i < rowCover[p.base[3] + 2 * yy + 1]; ++i) {
        const uint ty = yy - rowStarts[p.base[1] + i];
        for (uint j = columnCover[p.base[4] + 2 * xx]; j < columnCover[p.base[4] + 2 * xx + 1]; ++j) {
            const uint tx = xx - columnStarts[p.base[2] + j];
            const float w
                = float(min(min(tx + 1, p.tileWidth - tx), min(ty + 1, p.tileHeight - ty)));
            const uint at = ((i * p.tileColumns + j) * p.tileHeight + ty) * p.tileWidth + tx;
            sum += w * tiles[((p.base[0] + at * p.xStride) >> 2) + group];
            total += w;
        }
    }
    y[((p.base[5] + row * p.yStride) >> 2) + group] = sum / total;
}
