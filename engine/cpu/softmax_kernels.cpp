#include "engine/cpu/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/softmax_kernels.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>

#include "engine/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

float MaximumOf(const float* x, int64_t count, const float* mask, float least)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    Vector most = hn::Set(d, least);
    size_t i = 0;
    for (; !mask && i + step <= n; i += step)
        most = hn::Max(most, hn::LoadU(d, x + i));
    for (; i < n; i += step)
        most = hn::Max(most, hn::IfThenElse(counted(mask, i, n), loadExactly(x, i, n), hn::Set(d, least)));
    return hn::GetLane(hn::MaxOfLanes(d, most));
}

constexpr size_t kBlock = 4096; // floats that are summed in single precision

double Exponentials(float* x, int64_t count, const float* mask, float maximum)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    const Vector most = hn::Set(d, maximum);
    double total = 0;
    for (size_t first = 0; first < n; first += kBlock) {
        Vector sums = hn::Zero(d);
        const size_t end = n - first < kBlock ? n : first + kBlock;
        size_t i = first;
        for (; !mask && i + step <= end; i += step) {
            const Vector w = expOf(hn::Sub(hn::LoadU(d, x + i), most));
            hn::StoreU(w, d, x + i);
            sums = hn::Add(sums, w);
        }
        for (; i < end; i += step) {
            const Vector w = hn::IfThenElseZero(counted(mask, i, n), expOf(hn::Sub(loadExactly(x, i, n), most)));
            storeExactly(w, x, i, end);
            sums = hn::Add(sums, w);
        }
        total += double(sumOf(sums));
    }
    return total;
}

float Exponential(float x)
{
    return hn::GetLane(expOf(hn::Set(Lanes(), x)));
}

void TimesLogarithms(const float* x, int64_t count, float* y)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    for (size_t i = 0; i < n; i += step) {
        const Vector v = loadExactly(x, i, n);
        storeExactly(hn::IfThenElseZero(hn::Gt(v, hn::Zero(d)), hn::Mul(v, hn::Log(d, v))), y, i, n);
    }
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace engine::cpu {

HWY_EXPORT(MaximumOf);
HWY_EXPORT(Exponentials);
HWY_EXPORT(Exponential);
HWY_EXPORT(TimesLogarithms);

float maximumOf(const float* x, int64_t n, const float* mask, float least)
{
    return HWY_DYNAMIC_DISPATCH(MaximumOf)(x, n, mask, least);
}

double exponentials(float* x, int64_t n, const float* mask, float maximum)
{
    return HWY_DYNAMIC_DISPATCH(Exponentials)(x, n, mask, maximum);
}

float exponential(float x)
{
    return HWY_DYNAMIC_DISPATCH(Exponential)(x);
}

void timesLogarithms(const float* x, int64_t n, float* y)
{
    HWY_DYNAMIC_DISPATCH(TimesLogarithms)(x, n, y);
}

} // namespace engine::cpu
#endif
