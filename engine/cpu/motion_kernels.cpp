#include "engine/cpu/motion.h"
#include "engine/cpu/scratch.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/motion_kernels.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>

#include "engine/cpu/planes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

constexpr float kDamping = 3e-4f, kReach = 3.0f; // ops::LocalMotion
constexpr size_t kProducts = 5; // xx, xy, yy, xt, yt

// Lines i of the frames, which become twice their mean and their difference.
HWY_INLINE void combine(const Planes& first, const Planes& second, size_t i)
{
    const Lanes d;
    for (size_t c = 0; c < 3; ++c) {
        float *a = first.line(c, i), *b = second.line(c, i);
        for (size_t at = 0; at < first.stride; at += hn::Lanes(d)) {
            const Vector u = hn::LoadU(d, a + at), v = hn::LoadU(d, b + at);
            hn::StoreU(hn::Add(u, v), d, a + at);
            hn::StoreU(hn::Sub(v, u), d, b + at);
        }
    }
}

// Lines j of the products' sums over the channels, from lines i (a rim of one) and those beside them.
HWY_INLINE void multiply(
    const Planes& sums, const Planes& changes, size_t i, size_t width, const Planes& products, size_t j, size_t rim)
{
    const Lanes d;
    const Vector quarter = hn::Set(d, 0.25f);
    for (size_t at = 0; at < width; at += hn::Lanes(d)) {
        Vector xx = hn::Zero(d), xy = xx, yy = xx, xt = xx, yt = xx;
        for (size_t c = 0; c < 3; ++c) {
            const float* line = sums.line(c, i) + at;
            const Vector across = hn::Sub(hn::LoadU(d, line + 2), hn::LoadU(d, line));
            const Vector down
                = hn::Sub(hn::LoadU(d, sums.line(c, i + 1) + at + 1), hn::LoadU(d, sums.line(c, i - 1) + at + 1));
            const Vector ix = hn::Mul(across, quarter), iy = hn::Mul(down, quarter);
            const Vector it = hn::LoadU(d, changes.line(c, i) + at + 1);
            xx = hn::MulAdd(ix, ix, xx);
            xy = hn::MulAdd(ix, iy, xy);
            yy = hn::MulAdd(iy, iy, yy);
            xt = hn::MulAdd(ix, it, xt);
            yt = hn::MulAdd(iy, it, yt);
        }
        hn::StoreU(xx, d, products.line(0, j) + rim + at);
        hn::StoreU(xy, d, products.line(1, j) + rim + at);
        hn::StoreU(yy, d, products.line(2, j) + rim + at);
        hn::StoreU(xt, d, products.line(3, j) + rim + at);
        hn::StoreU(yt, d, products.line(4, j) + rim + at);
    }
    for (size_t p = 0; p < kProducts; ++p)
        repeatRim(products.line(p, j), width, rim);
}

// u, v and how well they are determined, a vector of each.
HWY_INLINE void solve(Vector xx, Vector xy, Vector yy, Vector xt, Vector yt, float* y, size_t step)
{
    const Lanes d;
    const auto set = [d](float value) HWY_ATTR { return hn::Set(d, value); };
    const Vector a = hn::Add(xx, set(kDamping)), b = hn::Add(yy, set(kDamping));
    const Vector determinant = hn::Sub(hn::Mul(a, b), hn::Mul(xy, xy));
    const Vector u = hn::Div(hn::Sub(hn::Mul(xy, yt), hn::Mul(b, xt)), determinant);
    const Vector v = hn::Div(hn::Sub(hn::Mul(xy, xt), hn::Mul(a, yt)), determinant);
    const Vector half = hn::Mul(set(0.5f), hn::Sub(xx, yy));
    const Vector root = hn::Sqrt(hn::MulAdd(half, half, hn::Mul(xy, xy)));
    const Vector smaller = hn::Sub(hn::Mul(set(0.5f), hn::Add(xx, yy)), root);
    const Vector ratio = hn::Max(hn::Mul(smaller, set(1 / kDamping)), set(1.0f));
    hn::Store(hn::Clamp(u, set(-kReach), set(kReach)), d, y);
    hn::Store(hn::Clamp(v, set(-kReach), set(kReach)), d, y + step);
    hn::Store(hn::Mul(hn::Log2(d, ratio), set(0.25f)), d, y + 2 * step);
}

void LocalMotion(const Band& band, const std::vector<int64_t>& windows)
{
    const Lanes d;
    const int64_t reach = *std::max_element(windows.begin(), windows.end()) / 2, start = band.top - reach;
    const size_t width = size_t(band.width), lines = size_t(band.lines), lanes = hn::Lanes(d), rim = size_t(reach);
    const size_t around = lines + 2 * rim, columns = padded(3 * windows.size());
    // What the windows give stands between them and the rows: for each value as many lines as the band has.
    const size_t step = lines * wholeVectors(width) + lanes;
    float* room = scratch(Scratch::Planes,
        int64_t(2 * Planes::floats(3, around + 2, width, 1) + Planes::floats(kProducts, around, width, rim)
            + Planes::floats(kProducts, around, width, 0) + columns * step));
    float* values = room;
    room += columns * step;
    const Planes first(room, 3, around + 2, width, 1), second(room, 3, around + 2, width, 1);
    const Planes products(room, kProducts, around, width, rim), across(room, kProducts, around, width, 0);
    for (size_t i = 0; i < around + 2; ++i) {
        takeApart(band.first, band.height, width, start - 1 + int64_t(i), first, i, 1);
        takeApart(band.second, band.height, width, start - 1 + int64_t(i), second, i, 1);
        combine(first, second, i);
    }
    for (size_t i = 0; i < around; ++i) {
        const int64_t y = std::clamp<int64_t>(start + int64_t(i), 0, band.height - 1);
        multiply(first, second, size_t(y - start) + 1, width, products, i, rim);
    }
    for (size_t w = 0; w < windows.size(); ++w) {
        const size_t window = size_t(windows[w]), inner = rim - window / 2; // lines and columns that it leaves out
        for (size_t p = 0; p < kProducts; ++p)
            for (size_t i = inner; i < around - inner; ++i)
                sumAcross(products.line(p, i) + inner, width, window, across.line(p, i));
        const Vector share = hn::Set(d, 1.0f / float(3 * window * window));
        for (size_t i = 0; i < lines; ++i)
            for (size_t at = 0; at < width; at += lanes) {
                const auto mean = [&](size_t p) HWY_ATTR {
                    return hn::Mul(sumOfSteps(across.line(p, i + inner) + at, window, across.stride), share);
                };
                solve(
                    mean(0), mean(1), mean(2), mean(3), mean(4), values + 3 * w * step + i * across.stride + at, step);
            }
    }
    for (size_t c = 3 * windows.size(); c < columns; ++c)
        std::memset(values + c * step, 0, step * sizeof(float));
    for (size_t i = 0; i < lines; ++i)
        for (size_t at = 0; at < width; at += lanes)
            putTogether(values + i * across.stride + at, step, columns, std::min(lanes, width - at),
                band.y.row((band.top + int64_t(i)) * band.width + int64_t(at)), size_t(band.y.stride));
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace engine::cpu {

HWY_EXPORT(LocalMotion);

void localMotion(const Band& band, const std::vector<int64_t>& windows)
{
    HWY_DYNAMIC_DISPATCH(LocalMotion)(band, windows);
}

} // namespace engine::cpu
#endif
