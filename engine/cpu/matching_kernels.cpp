#include "engine/cpu/motion.h"
#include "engine/cpu/scratch.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/matching_kernels.cpp"
#include <hwy/foreach_target.h>

#include "engine/cpu/planes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

// Sums over the channels of |a - b|; b begins where the displacement says.
HWY_INLINE void differences(const Planes& a, size_t i, const Planes& b, size_t j, size_t dx, size_t width, float* y)
{
    const Lanes d;
    const float *a0 = a.line(0, i), *a1 = a.line(1, i), *a2 = a.line(2, i);
    const float *b0 = b.line(0, j) + dx, *b1 = b.line(1, j) + dx, *b2 = b.line(2, j) + dx;
    for (size_t at = 0; at < width; at += hn::Lanes(d)) {
        const Vector u = hn::AbsDiff(hn::LoadU(d, a0 + at), hn::LoadU(d, b0 + at));
        const Vector v = hn::AbsDiff(hn::LoadU(d, a1 + at), hn::LoadU(d, b1 + at));
        const Vector w = hn::AbsDiff(hn::LoadU(d, a2 + at), hn::LoadU(d, b2 + at));
        hn::StoreU(hn::Add(hn::Add(u, v), w), d, y + at);
    }
}

// A vector of pixels, n costs of each `step` floats apart: (c - mean) / (sqrt(mean of squares about it) + 0.01).
HWY_INLINE void standardise(const float* HWY_RESTRICT costs, size_t n, size_t step, float* HWY_RESTRICT y)
{
    const Lanes d;
    const size_t lanes = hn::Lanes(d);
    const Vector share = hn::Set(d, 1.0f / float(n));
    Vector sum = hn::LoadU(d, costs), other = hn::Zero(d); // n is odd; two sums, each of which is short
    for (size_t i = 1; i < n; i += 2) {
        sum = hn::Add(sum, hn::LoadU(d, costs + i * step));
        other = hn::Add(other, hn::LoadU(d, costs + (i + 1) * step));
    }
    const Vector mean = hn::Mul(hn::Add(sum, other), share);
    const auto off = [&](size_t i) HWY_ATTR {
        const Vector v = hn::Sub(hn::LoadU(d, costs + i * step), mean);
        hn::Store(v, d, y + i * lanes);
        return v;
    };
    const Vector begin = off(0);
    sum = hn::Mul(begin, begin);
    other = hn::Zero(d);
    for (size_t i = 1; i < n; i += 2) {
        const Vector u = off(i), v = off(i + 1);
        sum = hn::MulAdd(u, u, sum);
        other = hn::MulAdd(v, v, other);
    }
    const Vector deviation = hn::Sqrt(hn::Mul(hn::Add(sum, other), share));
    const Vector scale = hn::Div(hn::Set(d, 1.0f), hn::Add(deviation, hn::Set(d, 0.01f)));
    for (size_t i = 0; i < n; ++i)
        hn::Store(hn::Mul(hn::Load(d, y + i * lanes), scale), d, y + i * lanes);
}

void MatchingCosts(const Band& band, int64_t radius, int64_t window)
{
    const Lanes d;
    const int64_t reach = window / 2, start = band.top - reach, side = 2 * radius + 1;
    const size_t width = size_t(band.width), lines = size_t(band.lines), lanes = hn::Lanes(d);
    const size_t n = size_t(side * side), columns = padded(n);
    const size_t around = lines + 2 * size_t(reach), searched = around + 2 * size_t(radius);
    // Planes of costs begin a vector further each: at multiples of the page, a cache would hold few at once.
    const size_t step = lines * wholeVectors(width) + lanes;
    float* room = scratch(Scratch::Planes,
        int64_t(Planes::floats(3, around, width, 0) + Planes::floats(3, searched, width, size_t(radius))
            + Planes::floats(1, around, width, size_t(reach)) + Planes::floats(1, around, width, 0) + n * step
            + columns * lanes));
    float* pixels = room; // first: aligned
    float* costs = room += columns * lanes;
    room += n * step;
    const Planes first(room, 3, around, width, 0), second(room, 3, searched, width, size_t(radius));
    const Planes differing(room, 1, around, width, size_t(reach)), across(room, 1, around, width, 0);
    for (size_t i = 0; i < around; ++i)
        takeApart(band.first, band.height, width, start + int64_t(i), first, i, 0);
    for (size_t i = 0; i < searched; ++i)
        takeApart(band.second, band.height, width, start - radius + int64_t(i), second, i, size_t(radius));
    const Vector share = hn::Set(d, 1.0f / float(3 * window * window));
    for (size_t k = 0; k < n; ++k) {
        const size_t dy = k / size_t(side), dx = k % size_t(side);
        for (size_t i = 0; i < around; ++i) {
            const int64_t y = std::clamp<int64_t>(start + int64_t(i), 0, band.height - 1);
            differences(first, i, second, size_t(y - start) + dy, dx, width, differing.line(0, i) + reach);
        }
        for (size_t i = 0; i < around; ++i)
            repeatRim(differing.line(0, i), width, size_t(reach));
        for (size_t i = 0; i < around; ++i)
            sumAcross(differing.line(0, i), width, size_t(window), across.line(0, i));
        for (size_t at = 0; at < lines * across.stride; at += lanes)
            hn::StoreU(
                hn::Mul(sumOfSteps(across.data + at, size_t(window), across.stride), share), d, costs + k * step + at);
    }
    std::memset(pixels + n * lanes, 0, (columns - n) * lanes * sizeof(float));
    for (size_t i = 0; i < lines; ++i)
        for (size_t at = 0; at < width; at += lanes) {
            standardise(costs + i * across.stride + at, n, step, pixels);
            putTogether(pixels, lanes, columns, std::min(lanes, width - at),
                band.y.row((band.top + int64_t(i)) * band.width + int64_t(at)), size_t(band.y.stride));
        }
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace engine::cpu {

HWY_EXPORT(MatchingCosts);

void matchingCosts(const Band& band, int64_t radius, int64_t window)
{
    HWY_DYNAMIC_DISPATCH(MatchingCosts)(band, radius, window);
}

} // namespace engine::cpu
#endif
