#include "engine/cpu/bfloat16.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/bfloat16_kernels.cpp"
#include <hwy/foreach_target.h>

#include "engine/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

using Bits = hn::RebindToUnsigned<Lanes>;
using Halves = hn::Rebind<uint16_t, Lanes>;

// To the nearest of bfloat16, ties to even, still as a float. Written out: Highway's own cuts off on some targets.
HWY_INLINE Vector rounded(Vector x)
{
    const Lanes d;
    const Bits bits;
    const auto u = hn::BitCast(bits, x);
    const auto odd = hn::And(hn::ShiftRight<16>(u), hn::Set(bits, 1u));
    const auto up = hn::Add(u, hn::Add(odd, hn::Set(bits, 0x7FFFu)));
    return hn::BitCast(d, hn::And(up, hn::Set(bits, 0xFFFF0000u)));
}

HWY_INLINE void storeUpper(Vector x, Rounded* y)
{
    const hn::RebindToSigned<Lanes> di;
    const auto upper = hn::BitCast(di, hn::ShiftRight<16>(hn::BitCast(Bits(), x)));
    hn::StoreU(hn::DemoteTo(Halves(), upper), Halves(), y); // from 0 to 65535: nothing saturates
}

// The first `left` of them.
HWY_INLINE void storeUpperPart(Vector x, Rounded* y, size_t left)
{
    HWY_ALIGN Rounded part[hn::MaxLanes(Lanes())];
    storeUpper(x, part);
    for (size_t k = 0; k < left && k < hn::Lanes(Lanes()); ++k)
        y[k] = part[k];
}

void SplitRow(const float* HWY_RESTRICT x, int64_t count, int64_t wide, float factor, int parts,
    Rounded* HWY_RESTRICT y, int64_t pitch)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    const Vector f = hn::Set(d, factor);
    size_t i = 0;
    for (; i + step <= n; i += step) {
        Vector rest = hn::Mul(hn::LoadU(d, x + i), f);
        for (int p = 0; p < parts; ++p) {
            const Vector part = rounded(rest);
            storeUpper(part, y + p * pitch + int64_t(i));
            rest = hn::Sub(rest, part);
        }
    }
    for (; i < size_t(wide); i += step) {
        Vector rest = i < n ? hn::Mul(loadExactly(x, i, n), f) : hn::Zero(d);
        for (int p = 0; p < parts; ++p) {
            const Vector part = rounded(rest);
            storeUpperPart(part, y + p * pitch + int64_t(i), size_t(wide) - i);
            rest = hn::Sub(rest, part);
        }
    }
}

double ExponentialsRounded(
    const float* HWY_RESTRICT x, int64_t count, const float* mask, float maximum, Rounded* HWY_RESTRICT y)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    const Vector most = hn::Set(d, maximum);
    Vector sums = hn::Zero(d);
    size_t i = 0;
    for (; !mask && i + step <= n; i += step) {
        const Vector w = expOf(hn::Sub(hn::LoadU(d, x + i), most));
        storeUpper(rounded(w), y + i);
        sums = hn::Add(sums, w);
    }
    for (; i < n; i += step) {
        const Vector w = hn::IfThenElseZero(counted(mask, i, n), expOf(hn::Sub(loadExactly(x, i, n), most)));
        storeUpperPart(rounded(w), y + i, n - i);
        sums = hn::Add(sums, w);
    }
    return double(sumOf(sums));
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace engine::cpu {

HWY_EXPORT(SplitRow);
HWY_EXPORT(ExponentialsRounded);

void splitRow(const float* x, int64_t n, int64_t wide, float factor, int parts, Rounded* y, int64_t pitch)
{
    HWY_DYNAMIC_DISPATCH(SplitRow)(x, n, wide, factor, parts, y, pitch);
}

double exponentialsRounded(const float* x, int64_t n, const float* mask, float maximum, Rounded* y)
{
    return HWY_DYNAMIC_DISPATCH(ExponentialsRounded)(x, n, mask, maximum, y);
}

} // namespace engine::cpu
#endif
