#include "engine/cpu/kernels.h"

#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/cpu/median_kernels.cpp"
#include <hwy/foreach_target.h>

#include "engine/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace engine::cpu::HWY_NAMESPACE {

// The smaller half is sorted out by exchanges, which work on all lanes at once. `sorted` holds window^2 vectors.
void MediansOf(
    const float* x, int64_t line, int64_t step, int64_t window, int64_t count, float* y, float* HWY_RESTRICT sorted)
{
    const Lanes d;
    const size_t n = size_t(count), lanes = hn::Lanes(d), values = size_t(window * window);
    for (size_t at = 0; at < n; at += lanes) {
        float* to = sorted;
        for (int64_t dy = 0; dy < window; ++dy)
            for (int64_t dx = 0; dx < window; ++dx, to += lanes)
                hn::StoreU(loadPart(x + dy * line + dx * step, at, n), d, to);
        Vector least = hn::Zero(d);
        for (size_t i = 0; i <= values / 2; ++i) {
            least = hn::LoadU(d, sorted + i * lanes);
            for (size_t j = i + 1; j < values; ++j) {
                const Vector other = hn::LoadU(d, sorted + j * lanes);
                hn::StoreU(hn::Max(least, other), d, sorted + j * lanes);
                least = hn::Min(least, other);
            }
        }
        storePart(least, y, at, n);
    }
}

size_t LanesOf()
{
    return hn::Lanes(Lanes());
}

} // namespace engine::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace engine::cpu {

HWY_EXPORT(MediansOf);
HWY_EXPORT(LanesOf);

void mediansOf(const float* x, int64_t line, int64_t step, int64_t window, int64_t n, float* y)
{
    std::vector<float> sorted(size_t(window * window) * HWY_DYNAMIC_DISPATCH(LanesOf)());
    HWY_DYNAMIC_DISPATCH(MediansOf)(x, line, step, window, n, y, sorted.data());
}

} // namespace engine::cpu
#endif
