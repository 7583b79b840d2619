// Pictures as planes, a line of one value after the other, once for each instruction set: taken apart, averaged over
// squares, put together again. Lines have room for whole vectors; what they hold beyond the width means nothing.
#if defined(ENGINE_CPU_PLANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ENGINE_CPU_PLANES_INL_H
#undef ENGINE_CPU_PLANES_INL_H
#else
#define ENGINE_CPU_PLANES_INL_H
#endif

#include "engine/cpu/memory.h"
#include "engine/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

HWY_INLINE size_t wholeVectors(size_t n)
{
    const size_t lanes = hn::Lanes(Lanes());
    return (n + lanes - 1) / lanes * lanes;
}

// Planes of the same lines, each with `rim` values before and after its width.
struct Planes {
    float* data;
    size_t lines, stride;

    Planes(float*& room, size_t count, size_t height, size_t width, size_t rim)
        : data(room), lines(height), stride(wholeVectors(width) + wholeVectors(2 * rim))
    {
        room += floats(count, height, width, rim);
    }
    static size_t floats(size_t count, size_t height, size_t width, size_t rim)
    {
        return count * height * (wholeVectors(width) + wholeVectors(2 * rim));
    }
    float* line(size_t plane, size_t i) const { return data + (plane * lines + i) * stride; }
};

// The first and last value again, before and behind the line.
HWY_INLINE void repeatRim(float* line, size_t width, size_t rim)
{
    for (size_t i = 0; i < rim; ++i) {
        line[i] = line[rim];
        line[rim + width + i] = line[rim + width - 1];
    }
}

// Line y of a picture of three values a pixel (clamped to its height): line i of the first three planes.
HWY_INLINE void takeApart(
    const Matrix& x, int64_t height, size_t width, int64_t y, const Planes& planes, size_t i, size_t rim)
{
    const Lanes d;
    const float* from = x.row((y < 0 ? 0 : y < height ? y : height - 1) * int64_t(width));
    float *a = planes.line(0, i), *b = planes.line(1, i), *c = planes.line(2, i);
    const size_t stride = size_t(x.stride), lanes = hn::Lanes(d);
    size_t at = 0;
    for (; stride == 4 && at + lanes <= width; at += lanes) {
        Vector u, v, w, padding;
        hn::LoadInterleaved4(d, from + 4 * at, u, v, w, padding);
        hn::StoreU(u, d, a + rim + at);
        hn::StoreU(v, d, b + rim + at);
        hn::StoreU(w, d, c + rim + at);
    }
    for (; at < width; ++at) {
        a[rim + at] = from[at * stride];
        b[rim + at] = from[at * stride + 1];
        c[rim + at] = from[at * stride + 2];
    }
    for (float* line : {a, b, c})
        repeatRim(line, width, rim);
}

// x[0] + x[step] + … of `count` vectors.
HWY_INLINE Vector sumOfSteps(const float* x, size_t count, size_t step)
{
    const Lanes d;
    Vector sum = hn::LoadU(d, x);
    for (size_t i = 1; i < count; ++i)
        sum = hn::Add(sum, hn::LoadU(d, x + i * step));
    return sum;
}

// Sums of `window` values beside each other; x begins half a window before the line.
HWY_INLINE void sumAcross(const float* HWY_RESTRICT x, size_t width, size_t window, float* HWY_RESTRICT y)
{
    const Lanes d;
    for (size_t at = 0; at < width; at += hn::Lanes(d))
        hn::StoreU(sumOfSteps(x + at, window, 1), d, y + at);
}

// The first `count` of a vector of pixels, `columns` values of each (a multiple of four) `step` floats apart: rows of
// y.
HWY_INLINE void putTogether(const float* values, size_t step, size_t columns, size_t count, float* y, size_t stride)
{
    const Lanes d;
    HWY_ALIGN float four[4 * hn::MaxLanes(Lanes())];
    for (size_t c = 0; c < columns; c += 4) {
        const float* from = values + c * step;
        hn::StoreInterleaved4(hn::LoadU(d, from), hn::LoadU(d, from + step), hn::LoadU(d, from + 2 * step),
            hn::LoadU(d, from + 3 * step), d, four);
        for (size_t p = 0; p < count; ++p)
            std::memcpy(y + p * stride + c, four + 4 * p, 4 * sizeof(float));
    }
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
