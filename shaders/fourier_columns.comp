#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"

// Fourier position features of grid points from the tables of each axis; an invocation one value. Channels: positions,
// sines axis by axis, cosines axis by axis.
//   axis (extent, 1 + 2 bands), points (rows) or none, y (rows, more columns)
layout(local_size_x = 64) in;
layout(push_constant) uniform Push { Fourier p; };
layout(binding = 0) readonly buffer Axis0 { float axis0[]; };
layout(binding = 1) readonly buffer Axis1 { float axis1[]; };
layout(binding = 2) readonly buffer Axis2 { float axis2[]; };
layout(binding = 3) readonly buffer Points { uint points[]; };
layout(binding = 4) buffer Y { float y[]; };

void main()
{
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    const uint channels = p.axes * (1 + 2 * p.bands), row = element / channels, channel = element % channels;
    if (row >= p.rows)
        return;
    uint axis = channel, entry = 0;
    if (channel >= p.axes) {
        const uint wave = channel - p.axes, half_ = wave / (p.axes * p.bands), rest = wave % (p.axes * p.bands);
        axis = rest / p.bands;
        entry = 1 + half_ * p.bands + rest % p.bands;
    }
    uint flat_ = p.hasPoints != 0 ? points[p.base[3] + row] : p.first + row;
    for (uint i = p.axes - 1; i > axis; --i)
        flat_ /= p.extents[i];
    const uint index = flat_ % p.extents[axis];
    const uint at = index * p.strides[axis] + entry;
    y[p.base[4] + row * p.yStride + p.column + channel]
        = axis == 0 ? axis0[p.base[0] + at] : axis == 1 ? axis1[p.base[1] + at] : axis2[p.base[2] + at];
}
