#include "engine/cpu/kernels.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/row_kernels.cpp"
#include <hwy/foreach_target.h>

#include "engine/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

void StatisticsOf(const float* HWY_RESTRICT x, int64_t count, float* HWY_RESTRICT out)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    Vector sums = hn::Zero(d);
    for (size_t i = 0; i < n; i += step)
        sums = hn::Add(sums, within(loadPart(x, i, n), i, n));
    const float mean = sumOf(sums) / float(n);
    Vector squares = hn::Zero(d);
    for (size_t i = 0; i < n; i += step) {
        const Vector off = within(hn::Sub(loadPart(x, i, n), hn::Set(d, mean)), i, n);
        squares = hn::MulAdd(off, off, squares);
    }
    out[0] = mean;
    out[1] = 1.0f / std::sqrt(sumOf(squares) / float(n) + 1e-5f);
}

void Normalise(
    const float* x, int64_t count, const float* meanAndScale, const float* gain, const float* offset, float* y)
{
    const Lanes d;
    const size_t n = size_t(count);
    const Vector mean = hn::Set(d, meanAndScale[0]), scale = hn::Set(d, meanAndScale[1]);
    for (size_t i = 0; i < n; i += hn::Lanes(d)) {
        Vector v = hn::Mul(hn::Sub(loadPart(x, i, n), mean), scale);
        if (gain)
            v = hn::Mul(v, loadPart(gain, i, n));
        if (offset)
            v = hn::Add(v, loadPart(offset, i, n));
        storePart(within(v, i, n), y, i, n);
    }
}

template <typename Function>
HWY_INLINE void finishWith(
    float* c, size_t n, const float* bias, const float* residual, bool pads, const Function& activation)
{
    const Lanes d;
    const size_t step = hn::Lanes(d);
    size_t i = 0;
    const auto value = [&](size_t at) HWY_ATTR {
        Vector v = hn::LoadU(d, c + at);
        if (bias)
            v = hn::Add(v, hn::LoadU(d, bias + at));
        v = activation(v);
        return residual ? hn::Add(v, hn::LoadU(d, residual + at)) : v;
    };
    for (; i + step <= n; i += step)
        hn::StoreU(value(i), d, c + i);
    if (i < n) {
        Vector v = loadExactly(c, i, n);
        if (bias)
            v = hn::Add(v, loadExactly(bias, i, n));
        v = activation(v);
        if (residual)
            v = hn::Add(v, loadExactly(residual, i, n));
        storeExactly(v, c, i, n);
    }
    for (size_t k = n; pads && k < padded(n); ++k)
        c[k] = 0;
}

void FinishRow(float* c, int64_t count, const float* bias, ops::Activation activation, const float* residual, bool pads)
{
    const Lanes d;
    const size_t n = size_t(count);
    const auto set = [d](float value) HWY_ATTR { return hn::Set(d, value); };
    switch (activation) {
    case ops::Activation::None:
        return finishWith(c, n, bias, residual, pads, [](Vector v) HWY_ATTR { return v; });
    case ops::Activation::Relu:
        return finishWith(c, n, bias, residual, pads, [](Vector v) HWY_ATTR { return hn::ZeroIfNegative(v); });
    case ops::Activation::GeluErf: // x/2 (1 + erf(x / sqrt 2))
        return finishWith(c, n, bias, residual, pads, [&](Vector v) HWY_ATTR {
            const Vector half = hn::Mul(v, set(0.5f));
            return hn::MulAdd(half, erfOf(hn::Mul(v, set(0.70710678118654752f))), half);
        });
    case ops::Activation::GeluTanh: // x/2 (1 + tanh u) = x - x / (exp(2 u) + 1)
        return finishWith(c, n, bias, residual, pads, [&](Vector v) HWY_ATTR {
            const Vector cube = hn::Mul(hn::Mul(v, v), v);
            const Vector u = hn::Mul(set(2 * 0.79788456080286536f), hn::MulAdd(set(0.044715f), cube, v));
            const Vector e = expOf(hn::Min(hn::Max(u, set(-80.0f)), set(80.0f)));
            return hn::Sub(v, hn::Div(v, hn::Add(e, set(1.0f))));
        });
    }
}

void Scale(float* x, int64_t count, float factor)
{
    const Lanes d;
    const size_t n = size_t(count);
    for (size_t i = 0; i < n; i += hn::Lanes(d))
        storePart(factor == 0 ? hn::Zero(d) : hn::Mul(loadPart(x, i, n), hn::Set(d, factor)), x, i, n);
}

template <typename Function> HWY_INLINE void combine(const float* x, size_t n, float* y, const Function& function)
{
    const Lanes d;
    for (size_t i = 0; i < n; i += hn::Lanes(d))
        storePart(function(loadPart(x, i, n), loadPart(y, i, n)), y, i, n);
}

void Add(const float* x, int64_t n, float* y)
{
    combine(x, size_t(n), y, [](Vector a, Vector b) HWY_ATTR { return hn::Add(a, b); });
}

void AddScaled(const float* x, int64_t n, float factor, float* y)
{
    const Vector f = hn::Set(Lanes(), factor);
    combine(x, size_t(n), y, [f](Vector a, Vector b) HWY_ATTR { return hn::MulAdd(a, f, b); });
}

void Larger(const float* x, int64_t n, float* y)
{
    combine(x, size_t(n), y, [](Vector a, Vector b) HWY_ATTR { return hn::Max(a, b); });
}

void Smaller(const float* x, int64_t n, float* y)
{
    combine(x, size_t(n), y, [](Vector a, Vector b) HWY_ATTR { return hn::Min(a, b); });
}

constexpr size_t kBlock = 4096; // floats that are summed in single precision

template <typename Function> HWY_INLINE double sumBlocks(size_t n, const Function& term)
{
    const Lanes d;
    double total = 0;
    for (size_t first = 0; first < n; first += kBlock) {
        Vector sums = hn::Zero(d);
        const size_t end = n - first < kBlock ? n : first + kBlock;
        for (size_t i = first; i < end; i += hn::Lanes(d))
            sums = hn::Add(sums, within(term(i), i, n));
        total += double(sumOf(sums));
    }
    return total;
}

double Sum(const float* x, int64_t n)
{
    return sumBlocks(size_t(n), [=](size_t i) HWY_ATTR { return loadPart(x, i, size_t(n)); });
}

double Dot(const float* x, const float* y, int64_t n)
{
    return sumBlocks(
        size_t(n), [=](size_t i) HWY_ATTR { return hn::Mul(loadPart(x, i, size_t(n)), loadPart(y, i, size_t(n))); });
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace engine::cpu {

HWY_EXPORT(StatisticsOf);
HWY_EXPORT(Normalise);
HWY_EXPORT(FinishRow);
HWY_EXPORT(Scale);
HWY_EXPORT(Add);
HWY_EXPORT(AddScaled);
HWY_EXPORT(Larger);
HWY_EXPORT(Smaller);
HWY_EXPORT(Sum);
HWY_EXPORT(Dot);

void statisticsOf(const float* x, int64_t n, float* out)
{
    HWY_DYNAMIC_DISPATCH(StatisticsOf)(x, n, out);
}

void normalise(const float* x, int64_t n, const float* meanAndScale, const float* gain, const float* offset, float* y)
{
    HWY_DYNAMIC_DISPATCH(Normalise)(x, n, meanAndScale, gain, offset, y);
}

void finishRow(float* c, int64_t n, const float* bias, ops::Activation activation, const float* residual, bool pads)
{
    HWY_DYNAMIC_DISPATCH(FinishRow)(c, n, bias, activation, residual, pads);
}

void scale(float* x, int64_t n, float factor)
{
    HWY_DYNAMIC_DISPATCH(Scale)(x, n, factor);
}

void add(const float* x, int64_t n, float* y)
{
    HWY_DYNAMIC_DISPATCH(Add)(x, n, y);
}

void addScaled(const float* x, int64_t n, float factor, float* y)
{
    HWY_DYNAMIC_DISPATCH(AddScaled)(x, n, factor, y);
}

void larger(const float* x, int64_t n, float* y)
{
    HWY_DYNAMIC_DISPATCH(Larger)(x, n, y);
}

void smaller(const float* x, int64_t n, float* y)
{
    HWY_DYNAMIC_DISPATCH(Smaller)(x, n, y);
}

double sum(const float* x, int64_t n)
{
    return HWY_DYNAMIC_DISPATCH(Sum)(x, n);
}

double dot(const float* x, const float* y, int64_t n)
{
    return HWY_DYNAMIC_DISPATCH(Dot)(x, y, n);
}

} // namespace engine::cpu
#endif
