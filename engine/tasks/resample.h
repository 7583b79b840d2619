// Resampling of 8-bit pictures as the references do it, bit for bit. Host only; any thread.
#pragma once

#include "engine/base/image.h"

namespace engine::tasks {

Image crop(const Image& image, int left, int top, int width, int height);
// Pillow's (Resample.c): a = -0.5, antialiased when shrinking, 22-bit fixed-point coefficients, rounding to 8 bits
// after each of the two passes.
Image resizeBicubic(const Image& image, int width, int height);
// OpenCV's INTER_LINEAR: pixel centres, no antialiasing, 11-bit coefficients.
Image resizeBilinear(const Image& image, int width, int height);

} // namespace engine::tasks
