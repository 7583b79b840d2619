#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Adds to y[row, k * cells + cell] the sums over the cell's columns of x, x ln x, and x times the first and the second
// place and their squares; an invocation a row and a cell. `columns` of the arguments: how many cells; `count`: the
// places' stride.
//   x (rows, any), chosen (of x, cell after cell), begins (cells + 1), places (2, any), y (rows, 6 cells)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Rows p; };
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) readonly buffer Chosen { uint chosen[]; };
layout(binding = 2) readonly buffer Begins { uint begins[]; };
layout(binding = 3) readonly buffer Places { float places[]; };
layout(binding = 4) buffer Y { float y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint row = element / p.columns, cell = element % p.columns;
    if (row >= p.rows)
        return;
    float sums[6] = float[6](0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    const uint last = begins[p.base[2] + cell + 1];
    for (uint i = begins[p.base[2] + cell]; i < last; ++i) {
        const uint column = chosen[p.base[1] + i];
        const float weight = x[p.base[0] + row * p.xStride + column];
        const float first = places[p.base[3] + column], second = places[p.base[3] + p.count + column];
        sums[0] += weight;
        sums[1] += weight > 0.0 ? weight * log(weight) : 0.0;
        sums[2] += weight * first;
        sums[3] += weight * first * first;
        sums[4] += weight * second;
        sums[5] += weight * second * second;
    }
    for (uint k = 0; k < 6; ++k)
        y[p.base[4] + row * p.yStride + k * p.columns + cell] += sums[k];
}
