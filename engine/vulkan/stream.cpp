#include "engine/vulkan/batch.h"

#include "engine/base/assert.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace engine::vulkan {

namespace {

constexpr size_t kBatches = 3; // submissions in flight, recording included
constexpr double kPieceSeconds = 0.08; // of one dispatch and of one submission: a cancel waits for three of them
constexpr double kDispatchSeconds = 3e-5;
constexpr VkPipelineStageFlags kStages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;

} // namespace

Stream::Stream(std::shared_ptr<Context> context, std::shared_ptr<Pool> pool, Callbacks callbacks)
    : m_context(std::move(context))
    , m_pool(std::move(pool))
    , m_callbacks(std::move(callbacks))
    , m_batches(kBatches)
    , m_flopPerSecond(m_context->limits.software ? 2e10 : 5e11)
{
}

Result<std::unique_ptr<Stream>> Stream::create(
    std::shared_ptr<Context> context, std::shared_ptr<Pool> pool, Callbacks callbacks, int64_t failAfterSubmits)
{
    std::unique_ptr<Stream> stream(new Stream(context, std::move(pool), std::move(callbacks)));
    stream->m_submitsLeft = failAfterSubmits;
    TRY_ASSIGN(stream->m_pipelines, Pipelines::create(context));
    TRY(stream->createBatches());
    return stream;
}

Result<void> Stream::createBatches()
{
    VkDevice device = m_context->device;
    const VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
        .queueFamilyIndex = m_context->queueFamily};
    if (const VkResult result = vkCreateCommandPool(device, &pool, nullptr, &m_commandPool))
        return failure(result, "preparing the command stream");
    for (Batch& batch : m_batches) {
        const VkCommandBufferAllocateInfo commands{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
            .commandPool = m_commandPool,
            .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
            .commandBufferCount = 1};
        const VkFenceCreateInfo fence{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
        const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kSets * kBindings};
        const VkDescriptorPoolCreateInfo descriptors{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
            .maxSets = kSets,
            .poolSizeCount = 1,
            .pPoolSizes = &size};
        const VkQueryPoolCreateInfo queries{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
            .queryType = VK_QUERY_TYPE_TIMESTAMP,
            .queryCount = kQueries};
        VkResult result = vkAllocateCommandBuffers(device, &commands, &batch.commands);
        if (result == VK_SUCCESS)
            result = vkCreateFence(device, &fence, nullptr, &batch.fence);
        if (result == VK_SUCCESS)
            result = vkCreateDescriptorPool(device, &descriptors, nullptr, &batch.descriptors);
        if (result == VK_SUCCESS && m_context->limits.timestampSeconds > 0)
            result = vkCreateQueryPool(device, &queries, nullptr, &batch.queries);
        if (result != VK_SUCCESS)
            return failure(result, "preparing the command stream");
    }
    return {};
}

Stream::~Stream()
{
    VkDevice device = m_context->device;
    vkDeviceWaitIdle(device);
    for (Batch& batch : m_batches) {
        batch.staging.clear();
        vkDestroyQueryPool(device, batch.queries, nullptr);
        vkDestroyDescriptorPool(device, batch.descriptors, nullptr);
        vkDestroyFence(device, batch.fence, nullptr);
    }
    vkDestroyCommandPool(device, m_commandPool, nullptr);
}

void Stream::check(VkResult result, const char* doing)
{
    if (result == VK_SUCCESS)
        return;
    m_lost = m_lost || result == VK_ERROR_DEVICE_LOST;
    m_callbacks.fail(failure(result, doing));
}

// -------------------------------------------------------------------------------------------- recording and submitting

bool Stream::begin()
{
    if (m_lost)
        return false;
    if (m_recording)
        return true;
    Batch& batch = m_batches[m_current];
    if (batch.submitted)
        retire(batch);
    if (m_lost)
        return false;
    VkDevice device = m_context->device;
    vkResetDescriptorPool(device, batch.descriptors, 0);
    const VkCommandBufferBeginInfo info{
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    check(vkBeginCommandBuffer(batch.commands, &info), "recording work");
    if (batch.queries)
        vkCmdResetQueryPool(batch.commands, batch.queries, 0, kQueries);
    batch.marks.clear();
    batch.sets = 0;
    batch.cost = batch.flop = 0;
    batch.dispatches = 0;
    m_recording = true;
    barrier(); // what earlier submissions wrote is visible from here on
    timestamp();
    return true;
}

void Stream::timestamp()
{
    Batch& batch = m_batches[m_current];
    if (!batch.queries || batch.marks.size() >= kQueries)
        return;
    vkCmdWriteTimestamp(
        batch.commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, batch.queries, uint32_t(batch.marks.size()));
    batch.marks.push_back(m_pass);
}

void Stream::pass(const std::string& name)
{
    if (name == m_pass)
        return;
    m_pass = name;
    if (!m_recording)
        return;
    if (m_batches[m_current].marks.size() + 2 >= kQueries)
        submit();
    else
        timestamp();
}

void Stream::barrier()
{
    const VkMemoryBarrier all{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT
            | VK_ACCESS_TRANSFER_WRITE_BIT};
    vkCmdPipelineBarrier(m_batches[m_current].commands, kStages, kStages, 0, 1, &all, 0, nullptr, 0, nullptr);
    ++m_epoch;
}

void Stream::submit()
{
    if (!m_recording)
        return;
    Batch& batch = m_batches[m_current];
    timestamp();
    m_recording = false;
    check(vkEndCommandBuffer(batch.commands), "recording work");
    const VkSubmitInfo info{
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1, .pCommandBuffers = &batch.commands};
    VkResult result = vkQueueSubmit(m_context->queue, 1, &info, batch.fence);
    if (result == VK_SUCCESS)
        batch.submitted = true;
    if (m_submitsLeft >= 0 && m_submitsLeft-- == 0)
        result = VK_ERROR_DEVICE_LOST; // as a test asked
    check(result, "submitting work");
    m_current = (m_current + 1) % kBatches;
    m_callbacks.stopRequested();
}

void Stream::retire(Batch& batch)
{
    VkDevice device = m_context->device;
    constexpr uint64_t kTenSeconds = 10'000'000'000;
    VkResult result = VK_TIMEOUT;
    for (int tries = 0; result == VK_TIMEOUT && tries < 60; ++tries)
        result = vkWaitForFences(device, 1, &batch.fence, VK_TRUE, kTenSeconds);
    batch.submitted = false;
    check(result == VK_TIMEOUT ? VK_ERROR_DEVICE_LOST : result, "waiting for the device");
    if (result != VK_SUCCESS)
        return;
    vkResetFences(device, 1, &batch.fence);
    batch.staging.clear();

    std::vector<uint64_t> ticks(batch.marks.size());
    if (batch.queries && ticks.size() >= 2
        && vkGetQueryPoolResults(device, batch.queries, 0, uint32_t(ticks.size()), ticks.size() * sizeof(uint64_t),
               ticks.data(), sizeof(uint64_t), VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT)
            == VK_SUCCESS) {
        const double tick = m_context->limits.timestampSeconds;
        for (size_t i = 0; i + 1 < ticks.size(); ++i) {
            ops::PassTime& time = m_times[batch.marks[i]];
            time.seconds += double(ticks[i + 1] - ticks[i]) * tick;
        }
        const double seconds = double(ticks.back() - ticks.front()) * tick - batch.dispatches * kDispatchSeconds;
        if (seconds > 0.01 && batch.cost > 0) // the first dispatches of a kernel include its compilation: move slowly
            m_flopPerSecond = 0.7 * m_flopPerSecond
                + 0.3 * std::clamp(batch.cost / seconds, m_flopPerSecond / 4, m_flopPerSecond * 4);
    }
    m_callbacks.advance(batch.flop);
}

void Stream::waitIdle()
{
    submit();
    for (size_t i = 0; i < kBatches; ++i) {
        Batch& batch = m_batches[(m_current + i) % kBatches];
        if (batch.submitted)
            retire(batch);
    }
}

Result<void> Stream::finish()
{
    waitIdle();
    return {};
}

std::vector<ops::PassTime> Stream::takeTimings()
{
    waitIdle();
    std::vector<ops::PassTime> times;
    for (const std::string& name : m_passOrder) {
        ops::PassTime time = m_times[name];
        time.name = name;
        times.push_back(time);
    }
    m_times.clear();
    m_passOrder.clear();
    return times;
}

void Stream::charge(double cost)
{
    Batch& batch = m_batches[m_current];
    batch.cost += cost;
    ++batch.dispatches;
    if (batch.cost / m_flopPerSecond + batch.dispatches * kDispatchSeconds > kPieceSeconds)
        submit();
}

void Stream::count(double flop)
{
    m_batches[m_current].flop += flop;
    ops::PassTime& time = m_times[m_pass];
    if (time.uses == 0) // a submission that ended before the pass's first kernel may have timed it already
        m_passOrder.push_back(m_pass);
    time.flop += flop;
    ++time.uses;
}

// ------------------------------------------------------------------------------------------------ kernels and hazards

void Stream::touch(Block& block, bool written)
{
    if (block.writeEpoch == m_epoch || (written && block.readEpoch == m_epoch))
        barrier();
    (written ? block.writeEpoch : block.readEpoch) = m_epoch;
}

VkDescriptorSet Stream::bind(std::span<const Binding> bindings, uint32_t* base)
{
    Batch& batch = m_batches[m_current];
    const Limits& limits = m_context->limits;
    VkDescriptorBufferInfo buffers[kBindings];
    VkWriteDescriptorSet sets[kBindings];
    const VkDescriptorSetLayout layout = m_pipelines->setLayout();
    const VkDescriptorSetAllocateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = batch.descriptors,
        .descriptorSetCount = 1,
        .pSetLayouts = &layout};
    VkDescriptorSet set = VK_NULL_HANDLE;
    check(vkAllocateDescriptorSets(m_context->device, &info, &set), "binding buffers");
    if (!set)
        return set;
    ++batch.sets;
    for (uint32_t i = 0; i < kBindings;
         ++i) { // an operand that is not there reads the first one's memory, and nothing of it
        const bool exists = i < bindings.size() && bindings[i].tensor->exists();
        const ops::Tensor& tensor = exists ? *bindings[i].tensor : *bindings[0].tensor;
        ENGINE_ASSERT(!exists || bindings[i].halves || !bufferOf(tensor).isHalves(), "operands are for products alone");
        const uint64_t element = bufferOf(tensor).elementBytes(), start = uint64_t(tensor.offset()) * element;
        const uint64_t aligned = start / limits.bindingAlignment * limits.bindingAlignment;
        const uint64_t size
            = std::min(start - aligned + uint64_t(tensor.extent()) * element, blockOf(tensor).bytes - aligned);
        ENGINE_ASSERT(size <= limits.bindingBytes, "a binding larger than the device allows: cut the rows");
        base[i] = uint32_t((start - aligned) / element);
        buffers[i] = {blockOf(tensor).buffer, aligned, size};
        sets[i] = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = set,
            .dstBinding = i,
            .descriptorCount = 1,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .pBufferInfo = &buffers[i]};
    }
    vkUpdateDescriptorSets(m_context->device, kBindings, sets, 0, nullptr);
    return set;
}

void Stream::dispatch(
    KernelId kernel, std::initializer_list<Binding> bindings, const void* push, size_t pushBytes, const Work& work)
{
    ENGINE_ASSERT(work.trips < kTripLimit, "too many loop iterations in one invocation: cut the work");
    ENGINE_ASSERT(pushBytes <= kPushBytes && bindings.size() <= kBindings, "a kernel's arguments");
    auto pipeline = m_pipelines->get(kernel, work.constants);
    if (!pipeline.ok()) {
        m_callbacks.fail(pipeline.error());
        return;
    }
    if (!begin())
        return;
    if (m_batches[m_current].sets + 1 >= kSets) {
        submit();
        if (!begin())
            return;
    }
    const std::span<const Binding> all(bindings.begin(), bindings.size());
    alignas(4) char bytes[kPushBytes] = {};
    std::memcpy(bytes, push, pushBytes);
    uint32_t base[kBindings];

    bool conflict = false;
    for (const Binding& binding : all)
        if (binding.tensor->exists()) {
            const Block& block = blockOf(*binding.tensor);
            conflict |= block.writeEpoch == m_epoch || (binding.written && block.readEpoch == m_epoch);
        }
    if (conflict)
        barrier();

    // Pieces of the grid, cut along z first, then y, then x.
    const double cost = work.cost > 0 ? work.cost : work.flop;
    const double groups = double(work.x) * work.y * work.z;
    const uint64_t most
        = uint64_t(std::clamp(groups * kPieceSeconds * m_flopPerSecond / std::max(cost, 1.0), 1.0, 4e9));
    const auto step = [](uint64_t allowed, uint64_t inner, uint32_t extent) {
        return uint32_t(std::clamp<uint64_t>(allowed / inner, 1, extent));
    };
    const uint32_t stepZ = step(most, uint64_t(work.x) * work.y, work.z);
    const uint32_t stepY = stepZ > 1 ? work.y : step(most, work.x, work.y);
    const uint32_t stepX = stepY > 1 ? work.x : step(most, 1, work.x);
    for (uint32_t z = 0; z < work.z; z += stepZ)
        for (uint32_t y = 0; y < work.y; y += stepY)
            for (uint32_t x = 0; x < work.x; x += stepX) {
                if (m_callbacks.stopRequested() || !begin())
                    return;
                Batch& batch = m_batches[m_current];
                const VkDescriptorSet set = bind(all, base);
                if (!set)
                    return;
                std::memcpy(bytes, base, sizeof base);
                for (const Binding& binding : all)
                    if (binding.tensor->exists()) {
                        Block& block = blockOf(*binding.tensor);
                        (binding.written ? block.writeEpoch : block.readEpoch) = m_epoch;
                    }
                vkCmdBindPipeline(batch.commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.value());
                vkCmdBindDescriptorSets(
                    batch.commands, VK_PIPELINE_BIND_POINT_COMPUTE, m_pipelines->layout(), 0, 1, &set, 0, nullptr);
                vkCmdPushConstants(
                    batch.commands, m_pipelines->layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0, kPushBytes, bytes);
                const uint32_t nx = std::min(stepX, work.x - x), ny = std::min(stepY, work.y - y),
                               nz = std::min(stepZ, work.z - z);
                vkCmdDispatchBase(batch.commands, x, y, z, nx, ny, nz);
                const double share = double(nx) * ny * nz / groups;
                count(work.flop * share);
                charge(cost * share);
            }
}

} // namespace engine::vulkan
