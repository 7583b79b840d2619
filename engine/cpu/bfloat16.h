// Products of operands that are rounded to bfloat16, with sums in single precision, by the processor's own instructions
// (AVX-512 BF16, AMX), through oneDNN. A float is x1 + x2 to 2^-17 of itself, both of them bfloat16, so where that much
// is wanted a b = a1 b1 + a1 b2 + a2 b1: one product of three times the depth, [a1 a1 a2] [b1 b2 b1].
// Internal to engine/cpu; any thread.
#pragma once

#include <compare>
#include <cstdint>

namespace engine::cpu {

using Rounded = uint16_t; // the upper half of a float

bool multipliesBfloat16(); // whether this processor does at all
bool multipliesTiles(); // and by AMX, with an oneDNN that uses it: eight times as many a second as floats

// Depths of parts are padded to this, with zeros: what one of AMX's tiles holds.
constexpr int64_t wholeDepth(int64_t depth)
{
    return (depth + 31) / 32 * 32;
}

// x * factor, rounded to the nearest; n values and zeros up to `wide`. Part i of `parts` of each value, the largest
// first, goes to y + i * pitch.
void splitRow(const float* x, int64_t n, int64_t wide, float factor, int parts, Rounded* y, int64_t pitch);

// y = exp(x - maximum), rounded, 0 where the mask is 0 (mask may be none). The sum before rounding.
double exponentialsRounded(const float* x, int64_t n, const float* mask, float maximum, Rounded* y);

// Rows of b [columns, depth] (isTransposed) or [depth, columns], put in the form that a product reads. On this thread
// alone, as multiply.
struct Packing {
    int64_t depth = 0, columns = 0, stride = 0;
    bool isTransposed = true;
    bool isFloat = false; // else Rounded

    auto operator<=>(const Packing&) const = default;
};
void pack(const Packing& packing, const void* b, Rounded* packed);
int64_t packedCount(int64_t depth, int64_t columns); // Rounded values of that form

// c [rows, columns] (+)= a [rows, depth] b, b packed; a and c are dense, as oneDNN's quick way wants them.
struct ProductShape {
    int64_t rows = 0, columns = 0, depth = 0;
    bool accumulates = false;

    auto operator<=>(const ProductShape&) const = default;
};
void multiply(const ProductShape& shape, const Rounded* a, const Rounded* packed, float* c);

} // namespace engine::cpu
