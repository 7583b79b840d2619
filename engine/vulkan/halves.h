// Floats as halves (IEEE, 16 bits) on the host, the same on every machine. Internal to engine/vulkan; any thread.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

namespace engine::vulkan {

// To the nearest, even. A magnitude of 65520 or more is no half: it must be infinite, or no number.
inline uint16_t halfOf(float value)
{
    const uint32_t bits = std::bit_cast<uint32_t>(value), magnitude = bits & 0x7fffffffu;
    // Below the least normal half, 2^-14: adding 1/2 leaves the half's digits, rounded, at the end of the float's.
    const uint32_t small = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000u;
    const uint32_t normal = (magnitude - (112u << 23) + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
    const uint32_t half = magnitude >= 0x7f800000u ? 0x7c00u | (magnitude > 0x7f800000u ? 0x200u : 0u)
        : magnitude < 0x38800000u                  ? small
                                                   : normal;
    return uint16_t(half | (bits >> 16 & 0x8000u));
}

// The power of two that brings the largest magnitude to 2^14 … 2^15: no weight is too large for a half then, and only
// those below 2^-28 of the largest lose digits. 1 where that cannot be (zeros; numbers that are none).
inline float halfScale(std::span<const float> values)
{
    float most = 0;
    for (const float value : values)
        most = std::max(most, std::abs(value));
    int exponent = 0;
    std::frexp(most, &exponent); // most < 2^exponent
    return most > 0 && std::isfinite(most) ? std::ldexp(1.0f, std::clamp(15 - exponent, -100, 100)) : 1.0f;
}

} // namespace engine::vulkan
