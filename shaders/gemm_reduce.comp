#version 450
#extension GL_GOOGLE_include_directive : require
#include "layout.h"
#include "arithmetic.glsl"

// Adds the partial products that gemm_shared wrote and finishes them: one invocation an element of C, padding included.
//   a partial (products, splits, rows, padded columns), c (rows, columns); z: the product of outer x inner
layout(local_size_x = 64) in;
layout(constant_id = 0) const uint kActivation = 0; // constants: software drivers run both sides of a branch
layout(constant_id = 1) const uint kFlags = 0;
layout(push_constant) uniform Push { Gemm p; };
layout(binding = 0) readonly buffer Partial { float partial[]; };
layout(binding = 2) buffer C { float c[]; };
layout(binding = 3) readonly buffer Bias { float bias[]; };
layout(binding = 5) readonly buffer Residual { float residual[]; };

void main()
{
    const uint padded = (p.columns + 3) & ~3u;
    const uint element = gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * kGridWidth * 64;
    if (element >= p.rows * padded)
        return;
    const uint row = element / padded, column = element % padded, product = gl_WorkGroupID.z;
    const uint outer = product / p.inner, inner = product % p.inner;
    float value = 0.0;
    for (uint s = 0; s < p.splits; ++s)
        value += partial[p.base[0] + (product * p.splits + s) * p.rows * padded + element];
    const bool inside = column < p.columns;
    const float offset = inside && (kFlags & kHasBias) != 0 ? bias[p.base[3] + column] : 0.0;
    value = activate(p.alpha * value + offset, kActivation);
    const uint at = outer * p.cOuter + inner * p.cInner;
    if ((kFlags & kHasResidual) != 0)
        value += residual[p.base[5] + at + row * p.residualStride + column];
    c[p.base[2] + at + row * p.cStride + column] = inside ? value : 0.0;
}
