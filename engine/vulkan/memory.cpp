#include "engine/vulkan/memory.h"

#include <algorithm>
#include <numeric>

namespace engine::vulkan {

const char* name(Use use)
{
    constexpr const char* kNames[kUses] = {"activations", "weights", "staging", "readback"};
    return kNames[size_t(use)];
}

Buffer::~Buffer()
{
    m_pool->giveBack(m_block, m_use);
}

Pool::~Pool()
{
    trim();
}

namespace {

// The first memory type that has all wanted properties, best first.
int memoryType(const Context& context, uint32_t allowed, Use use)
{
    constexpr VkMemoryPropertyFlags kDevice = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    constexpr VkMemoryPropertyFlags kHost = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
    constexpr VkMemoryPropertyFlags kCoherent = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    constexpr VkMemoryPropertyFlags kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    std::vector<VkMemoryPropertyFlags> wanted;
    if (use == Use::Staging)
        wanted = {kHost | kCoherent, kHost};
    else if (use == Use::Readback)
        wanted = {kHost | kCached | kCoherent, kHost | kCached, kHost | kCoherent, kHost};
    else
        wanted = {kDevice, 0};
    for (const VkMemoryPropertyFlags flags : wanted)
        for (uint32_t i = 0; i < context.memory.memoryTypeCount; ++i)
            if ((allowed & (1u << i)) && (context.memory.memoryTypes[i].propertyFlags & flags) == flags)
                return int(i);
    return -1;
}

} // namespace

Result<Block*> Pool::create(uint64_t bytes, Use use)
{
    const Context& context = *m_context;
    const VkBufferCreateInfo info{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = bytes,
        .usage
        = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    auto block = std::make_unique<Block>();
    block->bytes = bytes;
    const std::string doing
        = "making room for " + std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB of " + name(use);
    if (const VkResult result = vkCreateBuffer(context.device, &info, nullptr, &block->buffer); result != VK_SUCCESS)
        return failure(result, doing);
    VkMemoryRequirements needed{};
    vkGetBufferMemoryRequirements(context.device, block->buffer, &needed);
    const int type = memoryType(context, needed.memoryTypeBits, use);
    const VkMemoryAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needed.size,
        .memoryTypeIndex = uint32_t(std::max(type, 0))};
    VkResult result = type < 0 ? VK_ERROR_OUT_OF_DEVICE_MEMORY
                               : vkAllocateMemory(context.device, &allocate, nullptr, &block->memory);
    if (result == VK_SUCCESS)
        result = vkBindBufferMemory(context.device, block->buffer, block->memory, 0);
    if (result == VK_SUCCESS && (use == Use::Staging || use == Use::Readback)) {
        block->coherent = context.memory.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
        result = vkMapMemory(context.device, block->memory, 0, VK_WHOLE_SIZE, 0, &block->mapped);
    }
    if (result != VK_SUCCESS) {
        vkDestroyBuffer(context.device, block->buffer, nullptr);
        vkFreeMemory(context.device, block->memory, nullptr);
        return Error{ErrorKind::NoDevice,
            doing + " on " + context.info.name + " failed: " + name(result)
                + ". Close other programs that use it, or choose smaller inputs or another device"};
    }
    m_bytes[size_t(use)] += bytes;
    m_highWater[size_t(use)] = std::max(m_highWater[size_t(use)], m_bytes[size_t(use)]);
    m_totalHighWater = std::max(m_totalHighWater, std::accumulate(m_bytes.begin(), m_bytes.end(), uint64_t(0)));
    return block.release();
}

void Pool::destroy(Block* block, Use use)
{
    vkDestroyBuffer(m_context->device, block->buffer, nullptr);
    vkFreeMemory(m_context->device, block->memory, nullptr);
    m_bytes[size_t(use)] -= block->bytes;
    delete block;
}

void Pool::trim()
{
    for (size_t use = 0; use < kUses; ++use) {
        for (Block* block : m_free[use])
            destroy(block, Use(use));
        m_free[use].clear();
    }
    m_freeBytes = 0;
}

Result<std::shared_ptr<Buffer>> Pool::take(uint64_t bytes, Use use, const std::function<void()>& waitIdle)
{
    bytes = std::max<uint64_t>((bytes + 255) / 256 * 256, 256);
    std::vector<Block*>& free = m_free[size_t(use)];
    auto best = free.end();
    for (auto it = free.begin(); it != free.end(); ++it) // the smallest that fits without wasting more than a fifth
        if ((*it)->bytes >= bytes && (*it)->bytes <= bytes + bytes / 5 + 4096
            && (best == free.end() || (*it)->bytes < (*best)->bytes))
            best = it;
    if (best != free.end()) {
        Block* block = *best;
        free.erase(best);
        m_freeBytes -= block->bytes;
        return std::make_shared<Buffer>(shared_from_this(), block, use);
    }
    if (m_freeBytes + bytes > kMostFreeBytes && m_freeBytes > 0) {
        waitIdle();
        trim();
    }
    auto block = create(bytes, use);
    if (!block.ok() && m_freeBytes > 0) { // once more, with everything unused given back
        waitIdle();
        trim();
        block = create(bytes, use);
    }
    if (!block.ok())
        return std::move(block).error();
    return std::make_shared<Buffer>(shared_from_this(), block.value(), use);
}

void Pool::giveBack(Block* block, Use use)
{
    m_free[size_t(use)].push_back(block);
    m_freeBytes += block->bytes;
}

std::vector<ops::MemoryUse> Pool::report() const
{
    std::vector<ops::MemoryUse> uses;
    for (size_t use = 0; use < kUses; ++use)
        uses.push_back({name(Use(use)), m_bytes[use], m_highWater[use]});
    uses.push_back({"total", std::accumulate(m_bytes.begin(), m_bytes.end(), uint64_t(0)), m_totalHighWater});
    return uses;
}

void Pool::resetHighWater()
{
    m_highWater = m_bytes;
    m_totalHighWater = std::accumulate(m_bytes.begin(), m_bytes.end(), uint64_t(0));
}

} // namespace engine::vulkan
