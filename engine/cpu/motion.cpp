#include "engine/cpu/motion.h"

#include "engine/cpu/operations.h"
#include "engine/cpu/parallel.h"

namespace engine::cpu {

namespace {

// The tiles of a batch, in bands whose `planes` of values fit a core's second cache: work(band).
template <typename Operation, typename Work> void overBands(const Operation& op, int64_t planes, const Work& work)
{
    constexpr int64_t kFloats = 1 << 17; // 512 KiB
    const int64_t lines = std::clamp<int64_t>(kFloats / (planes * op.width), 1, op.height);
    const int64_t bands = (op.height + lines - 1) / lines, pixels = op.height * op.width;
    const Matrix first = matrixOf(op.first), second = matrixOf(op.second), y = matrixOf(op.y);
    eachTask(op.batch * bands, [&](int64_t task) {
        const int64_t tile = task / bands * pixels, top = task % bands * lines;
        const auto of = [&](const Matrix& x) { return Matrix{x.row(tile), pixels, x.columns, x.stride}; };
        work(Band{of(first), of(second), of(y), op.height, op.width, top, std::min(lines, op.height - top)});
    });
}

} // namespace

void compute(const ops::MatchingCosts& op)
{
    overBands(op, op.y.columns(), [&](const Band& band) { matchingCosts(band, op.radius, op.window); });
}

void compute(const ops::LocalMotion& op)
{
    overBands(op, 24, [&](const Band& band) { localMotion(band, op.windows); }); // frames, products and their sums
}

} // namespace engine::cpu
