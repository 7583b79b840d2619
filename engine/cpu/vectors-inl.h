// What the vector kernels share, once for each instruction set: parts of rows, exp and erf. Included by files that
// Highway compiles several times. erf is no part of it: Juffa's single-precision erff, as in shaders/arithmetic.glsl
// (absolute error below 1.2e-7).
#if defined(ENGINE_CPU_VECTORS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ENGINE_CPU_VECTORS_INL_H
#undef ENGINE_CPU_VECTORS_INL_H
#else
#define ENGINE_CPU_VECTORS_INL_H
#endif

#include <cstdint>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;

constexpr size_t padded(size_t n)
{
    return (n + 3) / 4 * 4;
}

// x[at …], of a row of n floats with its padding: lanes beyond hold 0. Rows end at multiples of four floats, so vectors
// of four never reach beyond, and wider ones have masked loads that do not touch what is masked.
HWY_INLINE Vector loadPart(const float* x, size_t at, size_t n)
{
    const Lanes d;
    const size_t left = padded(n) - at;
    return left >= hn::Lanes(d) ? hn::LoadU(d, x + at) : hn::MaskedLoad(hn::FirstN(d, left), d, x + at);
}

// The same of a row that ends anywhere and has no padding (part of another).
HWY_INLINE Vector loadExactly(const float* x, size_t at, size_t n)
{
    const Lanes d;
    const size_t left = n - at;
    if (left >= hn::Lanes(d))
        return hn::LoadU(d, x + at);
#if HWY_CAP_GE256
    return hn::MaskedLoad(hn::FirstN(d, left), d, x + at);
#endif
    HWY_ALIGN float part[hn::MaxLanes(Lanes())] = {};
    for (size_t i = 0; i < left; ++i)
        part[i] = x[at + i];
    return hn::Load(d, part);
}

HWY_INLINE void storePart(Vector v, float* x, size_t at, size_t n)
{
    const Lanes d;
    const size_t left = padded(n) - at;
    if (left >= hn::Lanes(d))
        hn::StoreU(v, d, x + at);
    else
        hn::BlendedStore(v, hn::FirstN(d, left), d, x + at);
}

// The same way back: not a float more, since beside this range another thread may write.
HWY_INLINE void storeExactly(Vector v, float* x, size_t at, size_t n)
{
    const Lanes d;
    if (n - at >= hn::Lanes(d))
        return hn::StoreU(v, d, x + at);
#if HWY_CAP_GE256
    return hn::BlendedStore(v, hn::FirstN(d, n - at), d, x + at);
#endif
    HWY_ALIGN float part[hn::MaxLanes(Lanes())];
    hn::Store(v, d, part);
    for (size_t k = at; k < n; ++k)
        x[k] = part[k - at];
}

// Which lanes hold columns below n whose mask, where there is one, is not 0.
HWY_INLINE hn::Mask<Lanes> counted(const float* mask, size_t at, size_t n)
{
    const Lanes d;
    const size_t left = n - at;
    const auto inside = hn::FirstN(d, left < hn::Lanes(d) ? left : hn::Lanes(d));
    return mask ? hn::And(inside, hn::Ne(loadExactly(mask, at, n), hn::Zero(d))) : inside;
}

// v where the lane's column is below n, else 0.
HWY_INLINE Vector within(Vector v, size_t at, size_t n)
{
    const Lanes d;
    return n - at >= hn::Lanes(d) ? v : hn::IfThenElseZero(hn::FirstN(d, n - at), v);
}

// exp(x), 0 below -87, for x up to 88: 2^n times a polynomial of the rest (Cephes expf; relative error below 2e-7), as
// in shaders/arithmetic.glsl. Highway's own takes twice as long, and a forward pass spends an eighth of its time here.
HWY_INLINE Vector expOf(Vector x)
{
    const Lanes d;
    const hn::RebindToSigned<Lanes> di;
    const auto c = [d](float value) HWY_ATTR { return hn::Set(d, value); };
    const auto enough = hn::Ge(x, c(-87.0f));
    constexpr float kShift = 12582912.0f; // 1.5 * 2^23: added, the sum's low bits are the rounded number
    const Vector shifted = hn::MulAdd(x, c(1.44269504088896341f), c(kShift));
    const Vector n = hn::Sub(shifted, c(kShift));
    const Vector r = hn::NegMulAdd(n, c(-2.12194440e-4f), hn::NegMulAdd(n, c(0.693359375f), x));
    Vector p = hn::MulAdd(c(1.9875691500e-4f), r, c(1.3981999507e-3f));
    p = hn::MulAdd(p, r, c(8.3334519073e-3f));
    p = hn::MulAdd(p, r, c(4.1665795894e-2f));
    p = hn::MulAdd(p, r, c(1.6666665459e-1f));
    p = hn::MulAdd(p, r, c(5.0000001201e-1f));
    p = hn::Add(hn::MulAdd(p, hn::Mul(r, r), r), c(1.0f));
    const auto power = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
    return hn::IfThenElseZero(enough, hn::BitCast(d, hn::Add(hn::BitCast(di, p), power)));
}

HWY_INLINE Vector erfOf(Vector x)
{
    const Lanes d;
    const auto c = [d](float value) HWY_ATTR { return hn::Set(d, value); };
    const Vector t = hn::Abs(x), s = hn::Mul(x, x);
    Vector far = hn::MulAdd(c(-1.72853470e-5f), t, c(3.83197126e-4f));
    far = hn::MulAdd(far, s, hn::MulAdd(c(-3.88396438e-3f), t, c(2.42546219e-2f)));
    far = hn::MulAdd(far, t, c(-1.06777877e-1f));
    far = hn::MulAdd(far, t, c(-6.34846687e-1f));
    far = hn::MulAdd(far, t, c(-1.28717512e-1f));
    far = hn::MulSub(far, t, t);
    Vector near = c(-5.96761703e-4f);
    near = hn::MulAdd(near, s, c(4.99119423e-3f));
    near = hn::MulAdd(near, s, c(-2.67681349e-2f));
    near = hn::MulAdd(near, s, c(1.12819925e-1f));
    near = hn::MulAdd(near, s, c(-3.76125336e-1f));
    near = hn::MulAdd(near, s, c(1.28379166e-1f));
    const Vector outer = hn::CopySignToAbs(hn::Sub(c(1.0f), expOf(far)), x);
    return hn::IfThenElse(hn::Gt(t, c(0.927734375f)), outer, hn::MulAdd(near, x, x));
}

HWY_INLINE float sumOf(Vector v)
{
    const Lanes d;
    return hn::GetLane(hn::SumOfLanes(d, v));
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
