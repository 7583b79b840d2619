// Pillow's bicubic resampling of 8-bit pictures, bit for bit (Pillow's Resample.c: a = -0.5, antialiased when
// shrinking, 22-bit fixed-point coefficients, rounding to 8 bits after each of the two passes). Host only; any thread.
#pragma once

#include "engine/base/image.h"

namespace engine::tasks {

Image crop(const Image& image, int left, int top, int width, int height);
Image resizeBicubic(const Image& image, int width, int height);

} // namespace engine::tasks
