#include "engine/vulkan/record.h"

namespace engine::vulkan {

void recordOp(Recorder& r, const ops::PowerSpectrum& op)
{
    const int64_t rows = op.x.rows(), columns = op.x.columns();
    const auto plan = r.fourier.get(rows, columns, op.rowsAlone, [&] { r.stream.waitIdle(); });
    if (!plan.ok()) {
        r.stream.fail(plan.error());
        return;
    }
    const ops::Tensor& values = plan.value()->values();
    const shaders::Rows p{.rows = uint32_t(rows),
        .columns = uint32_t(columns),
        .xStride = uint32_t(op.x.stride()),
        .yStride = uint32_t(op.y.stride())};
    record(r, KernelId::complex_values, {reads(op.x), writes(values)}, p, elementGrid(rows * columns, 64, 3));
    const double flop = ops::fourierFlop(rows, columns);
    constexpr double kCostPerFlop = 4; // each pass over the values is memory traffic and barriers more than arithmetic
    r.stream.append(values, {.flop = flop, .cost = flop * kCostPerFlop},
        [&](VkCommandBuffer commands) { return plan.value()->record(commands); });
    record(r, KernelId::power, {reads(values), writes(op.y)}, p, elementGrid(rows * ops::padded(columns), 64, 3));
}

} // namespace engine::vulkan
