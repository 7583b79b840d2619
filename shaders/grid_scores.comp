#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Scores of grid points from products of their features: alpha (s + table entries of each axis - mean * sum) / sigma
// + bias; mode 0: points are the columns, mode 1: the rows. An invocation four columns.
//   scores (rows, columns), tables (rows, extent) or (extent, columns), statistics (points, 2), sums, bias (the others)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Grid p; };
layout(binding = 0) buffer Scores { vec4 scores[]; };
layout(binding = 1) readonly buffer Table0 { float table0[]; };
layout(binding = 2) readonly buffer Table1 { float table1[]; };
layout(binding = 3) readonly buffer Table2 { float table2[]; };
layout(binding = 4) readonly buffer Statistics { float statistics[]; };
layout(binding = 5) readonly buffer Sums { float sums[]; };
layout(binding = 6) readonly buffer Bias { float bias[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint groups = (p.columns + 3) >> 2, row = element / groups, group = element % groups;
    if (row >= p.rows)
        return;
    const uint place = ((p.base[0] + row * p.stride) >> 2) + group;
    vec4 s = scores[place];
    for (uint e = 0; e < 4; ++e) {
        const uint column = group * 4 + e;
        if (column >= p.columns) {
            s[e] = 0.0;
            continue;
        }
        const uint number = p.mode == 0 ? column : row, other = p.mode == 0 ? row : column;
        const uint point = p.first + number;
        uint index = point / p.blocks[0] % p.extents[0];
        float added = table0[p.base[1] + (p.mode == 0 ? other * p.tableStrides[0] + index : index * p.tableStrides[0] + other)];
        if (p.axes > 1) {
            index = point / p.blocks[1] % p.extents[1];
            added += table1[p.base[2] + (p.mode == 0 ? other * p.tableStrides[1] + index : index * p.tableStrides[1] + other)];
        }
        if (p.axes > 2) {
            index = point / p.blocks[2] % p.extents[2];
            added += table2[p.base[3] + (p.mode == 0 ? other * p.tableStrides[2] + index : index * p.tableStrides[2] + other)];
        }
        const uint at = p.base[4] + number * p.statisticsStride;
        const float off = s[e] + added - statistics[at] * sums[p.base[5] + other];
        s[e] = p.alpha * statistics[at + 1] * off + (p.hasBias != 0 ? bias[p.base[6] + other] : 0.0);
    }
    scores[place] = s;
}
