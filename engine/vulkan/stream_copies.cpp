// Copies of the command stream: to the device through staging memory, from it through readback memory. And commands
// that others write into it.
#include "engine/vulkan/batch.h"
#include "engine/vulkan/halves.h"

#include "engine/base/assert.h"

#include <algorithm>
#include <cstring>

namespace engine::vulkan {

void Stream::zero(const ops::Tensor& tensor)
{
    if (!begin())
        return;
    touch(blockOf(tensor), true);
    vkCmdFillBuffer(m_batches[m_current].commands, blockOf(tensor).buffer, uint64_t(tensor.offset()) * sizeof(float),
        uint64_t(tensor.extent()) * sizeof(float), 0);
    charge(double(tensor.extent()));
}

void Stream::append(
    const ops::Tensor& tensor, const Work& work, const std::function<Result<void>(VkCommandBuffer)>& commands)
{
    if (m_callbacks.stopRequested() || !begin())
        return;
    touch(blockOf(tensor), true);
    if (Result<void> written = commands(m_batches[m_current].commands); !written.ok()) {
        m_callbacks.fail(std::move(written).error());
        return;
    }
    count(work.flop);
    charge(work.cost);
}

namespace {

// Rows of dense values as the device keeps them: each as long as the stride, filled up with zeros.
template <typename Element, typename Convert>
void layRows(Element* out, std::span<const float> values, int64_t columns, int64_t stride, const Convert& convert)
{
    for (size_t first = 0; first < values.size(); first += size_t(columns), out += stride) {
        std::transform(values.begin() + ptrdiff_t(first), values.begin() + ptrdiff_t(first) + columns, out, convert);
        std::fill(out + columns, out + stride, Element(0));
    }
}

} // namespace

void Stream::upload(const ops::Tensor& tensor, std::span<const float> values)
{
    constexpr int64_t kPieceElements = 4 << 20;
    const int64_t columns = tensor.columns(), stride = tensor.stride();
    const int64_t rowsAtOnce = std::max<int64_t>(1, kPieceElements / stride);
    Buffer& to = bufferOf(tensor);
    if (to.isHalves())
        to.setScale(halfScale(values));
    for (int64_t row = 0; row < tensor.rows(); row += rowsAtOnce) {
        const int64_t rows = std::min(rowsAtOnce, tensor.rows() - row);
        const uint64_t bytes = uint64_t(rows * stride) * to.elementBytes();
        auto buffer = m_pool->take(bytes, Use::Staging, [this] { waitIdle(); });
        if (!buffer.ok()) {
            m_callbacks.fail(buffer.error());
            return;
        }
        Block& staging = buffer.value()->block();
        const auto part = values.subspan(size_t(row * columns), size_t(rows * columns));
        if (to.isHalves())
            layRows(static_cast<uint16_t*>(staging.mapped), part, columns, stride,
                [scale = to.scale()](float value) { return halfOf(value * scale); });
        else
            layRows(static_cast<float*>(staging.mapped), part, columns, stride, [](float value) { return value; });
        if (!staging.coherent) {
            const VkMappedMemoryRange range{
                .sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE, .memory = staging.memory, .size = VK_WHOLE_SIZE};
            check(vkFlushMappedMemoryRanges(m_context->device, 1, &range), "uploading");
        }
        if (!begin())
            return;
        touch(blockOf(tensor), true);
        const VkBufferCopy copy{0, uint64_t(tensor.offset() + row * stride) * to.elementBytes(), bytes};
        Batch& batch = m_batches[m_current];
        vkCmdCopyBuffer(batch.commands, staging.buffer, blockOf(tensor).buffer, 1, &copy);
        batch.staging.push_back(std::move(buffer).value());
        charge(double(bytes) / 4);
    }
}

Result<HostTensor> Stream::download(const ops::Tensor& tensor)
{
    ENGINE_ASSERT(!bufferOf(tensor).isHalves(), "operands are for products alone");
    HostTensor out({tensor.rows(), tensor.columns()});
    constexpr int64_t kPieceFloats = 8 << 20;
    const int64_t columns = tensor.columns(), stride = tensor.stride();
    const int64_t rowsAtOnce = std::max<int64_t>(1, kPieceFloats / stride);
    for (int64_t row = 0; row < tensor.rows(); row += rowsAtOnce) {
        const ops::Tensor part = tensor.rowRange(row, std::min(rowsAtOnce, tensor.rows() - row));
        const uint64_t start = uint64_t(part.offset()) * sizeof(float);
        const uint64_t bytes = std::min(uint64_t(part.extent()) * sizeof(float), blockOf(tensor).bytes - start);
        TRY_ASSIGN(const std::shared_ptr<Buffer> buffer, m_pool->take(bytes, Use::Readback, [this] { waitIdle(); }));
        if (!begin())
            return Error{ErrorKind::NoDevice, "the device was lost"};
        touch(blockOf(tensor), false);
        touch(buffer->block(), true);
        const VkBufferCopy copy{start, 0, bytes};
        vkCmdCopyBuffer(m_batches[m_current].commands, blockOf(tensor).buffer, buffer->block().buffer, 1, &copy);
        const VkMemoryBarrier toHost{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
            .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
            .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
        vkCmdPipelineBarrier(m_batches[m_current].commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
            0, 1, &toHost, 0, nullptr, 0, nullptr);
        waitIdle();
        if (m_lost)
            return Error{ErrorKind::NoDevice, "the device was lost"};
        if (!buffer->block().coherent) {
            const VkMappedMemoryRange range{.sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
                .memory = buffer->block().memory,
                .size = VK_WHOLE_SIZE};
            check(vkInvalidateMappedMemoryRanges(m_context->device, 1, &range), "downloading");
        }
        const float* in = static_cast<const float*>(buffer->block().mapped);
        for (int64_t r = 0; r < part.rows(); ++r)
            std::memcpy(&out.at(row + r, 0), in + r * stride, size_t(columns) * sizeof(float));
    }
    return out;
}

} // namespace engine::vulkan
