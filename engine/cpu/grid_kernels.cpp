#include "engine/cpu/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/grid_kernels.cpp"
#include <hwy/foreach_target.h>

#include "engine/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

float GridScores(
    float* HWY_RESTRICT s, int64_t count, const GridLine& line, float base, float sum, float alpha, float least)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    const Vector b = hn::Set(d, base), a = hn::Set(d, sum), factor = hn::Set(d, alpha), none = hn::Set(d, least);
    Vector most = none;
    size_t i = 0;
    for (; !line.mask && i + step <= n; i += step) {
        const Vector product = hn::Add(hn::LoadU(d, s + i), hn::Add(hn::LoadU(d, line.table + i), b));
        const Vector off = hn::NegMulAdd(hn::LoadU(d, line.mean + i), a, product);
        const Vector v = hn::Mul(off, hn::Mul(hn::LoadU(d, line.scale + i), factor));
        hn::StoreU(v, d, s + i);
        most = hn::Max(most, v);
    }
    for (; i < n; i += step) {
        const Vector product = hn::Add(loadExactly(s, i, n), hn::Add(loadExactly(line.table, i, n), b));
        const Vector off = hn::NegMulAdd(loadExactly(line.mean, i, n), a, product);
        const Vector v = hn::Mul(off, hn::Mul(loadExactly(line.scale, i, n), factor));
        storeExactly(v, s, i, n);
        most = hn::Max(most, hn::IfThenElse(counted(line.mask, i, n), v, none));
    }
    return hn::GetLane(hn::MaxOfLanes(d, most));
}

template <bool kBias, size_t kTables>
HWY_INLINE void pointScores(float* HWY_RESTRICT s, size_t n, const GridPoint& point)
{
    const Lanes d;
    const Vector mean = hn::Set(d, point.mean), scale = hn::Set(d, point.scale);
    for (size_t i = 0; i < n; i += hn::Lanes(d)) {
        Vector v = hn::Add(loadPart(s, i, n), loadPart(point.tables[0], i, n));
        if (kTables > 1)
            v = hn::Add(v, loadPart(point.tables[1], i, n));
        if (kTables > 2)
            v = hn::Add(v, loadPart(point.tables[2], i, n));
        v = hn::Mul(hn::NegMulAdd(mean, loadPart(point.sums, i, n), v), scale);
        if (kBias)
            v = hn::Add(v, loadPart(point.bias, i, n));
        storePart(within(v, i, n), s, i, n);
    }
}

void GridPointScores(float* s, int64_t count, const GridPoint& point)
{
    const size_t n = size_t(count);
    const int form = (point.tables[2] ? 2 : point.tables[1] ? 1 : 0) + (point.bias ? 3 : 0);
    switch (form) {
    case 0:
        return pointScores<false, 1>(s, n, point);
    case 1:
        return pointScores<false, 2>(s, n, point);
    case 2:
        return pointScores<false, 3>(s, n, point);
    case 3:
        return pointScores<true, 1>(s, n, point);
    case 4:
        return pointScores<true, 2>(s, n, point);
    default:
        return pointScores<true, 3>(s, n, point);
    }
}

GridWeights GridWeightsOf(
    float* HWY_RESTRICT s, int64_t count, const GridLine& line, float maximum, float* HWY_RESTRICT marginal)
{
    const Lanes d;
    const size_t n = size_t(count), step = hn::Lanes(d);
    const Vector top = hn::Set(d, maximum);
    Vector probabilities = hn::Zero(d), weights = hn::Zero(d), means = hn::Zero(d);
    size_t i = 0;
    for (; !line.mask && i + step <= n; i += step) {
        const Vector p = expOf(hn::Sub(hn::LoadU(d, s + i), top));
        const Vector w = hn::Mul(p, hn::LoadU(d, line.scale + i));
        hn::StoreU(w, d, s + i);
        hn::StoreU(hn::Add(hn::LoadU(d, marginal + i), w), d, marginal + i);
        probabilities = hn::Add(probabilities, p);
        weights = hn::Add(weights, w);
        means = hn::MulAdd(w, hn::LoadU(d, line.mean + i), means);
    }
    for (; i < n; i += step) {
        const Vector p = hn::IfThenElseZero(counted(line.mask, i, n), expOf(hn::Sub(loadExactly(s, i, n), top)));
        const Vector w = hn::Mul(p, loadExactly(line.scale, i, n));
        storeExactly(w, s, i, n);
        storeExactly(hn::Add(loadExactly(marginal, i, n), w), marginal, i, n);
        probabilities = hn::Add(probabilities, p);
        weights = hn::Add(weights, w);
        means = hn::MulAdd(w, loadExactly(line.mean, i, n), means);
    }
    return {double(sumOf(probabilities)), double(sumOf(weights)), double(sumOf(means))};
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace engine::cpu {

HWY_EXPORT(GridScores);
HWY_EXPORT(GridWeightsOf);
HWY_EXPORT(GridPointScores);

float gridScores(float* s, int64_t n, const GridLine& line, float base, float sum, float alpha, float least)
{
    return HWY_DYNAMIC_DISPATCH(GridScores)(s, n, line, base, sum, alpha, least);
}

void gridPointScores(float* s, int64_t n, const GridPoint& point)
{
    HWY_DYNAMIC_DISPATCH(GridPointScores)(s, n, point);
}

GridWeights gridWeights(float* s, int64_t n, const GridLine& line, float maximum, float* marginal)
{
    return HWY_DYNAMIC_DISPATCH(GridWeightsOf)(s, n, line, maximum, marginal);
}

} // namespace engine::cpu
#endif
