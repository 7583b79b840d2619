// Device memory: buffers by use, a pool that hands freed blocks out again, and how much of each there is.
// A block that recorded but unfinished commands still use may be handed out again: commands run in the order recorded,
// with barriers where they touch the same buffer (stream.h). Only destroying it has to wait.
// Internal to engine/vulkan; engine thread.
#pragma once

#include "engine/ops/tensor.h"
#include "engine/vulkan/context.h"

#include <array>

namespace engine::vulkan {

enum class Use {
    Activations, // the GPU writes and reads
    Weights, // uploaded once, lives with the model
    Staging, // the CPU writes, the GPU copies from it
    Readback, // the GPU copies into it, the CPU reads
};
constexpr size_t kUses = 4;
const char* name(Use use);

class Pool;

// One VkBuffer and its memory. `accessed` belongs to the stream's hazard tracking.
struct Block {
    VkBuffer buffer = VK_NULL_HANDLE;
    VkDeviceMemory memory = VK_NULL_HANDLE;
    uint64_t bytes = 0;
    void* mapped = nullptr; // Staging and Readback
    bool coherent = true;
    uint64_t readEpoch = 0, writeEpoch = 0;
};

// A block on loan from the pool, given back when the last tensor that uses it is gone. Its elements are floats, or
// halves (IEEE, 16 bits): a tensor's offset and stride count elements either way.
class Buffer : public ops::Storage {
public:
    Buffer(std::shared_ptr<Pool> pool, Block* block, Use use) : m_pool(std::move(pool)), m_block(block), m_use(use) { }
    ~Buffer() override;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    Block& block() const { return *m_block; }
    bool isHalves() const { return m_halves; }
    void makeHalves() { m_halves = true; }
    uint64_t elementBytes() const { return m_halves ? 2 : 4; }
    // What halves were multiplied by: a power of two, so that the largest is near the largest half.
    float scale() const { return m_scale; }
    void setScale(float scale) { m_scale = scale; }

private:
    std::shared_ptr<Pool> m_pool;
    Block* m_block;
    Use m_use;
    bool m_halves = false;
    float m_scale = 1;
};

class Pool : public std::enable_shared_from_this<Pool> {
public:
    explicit Pool(std::shared_ptr<Context> context) : m_context(std::move(context)) { }
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // waitIdle: called before free blocks are destroyed to make room.
    Result<std::shared_ptr<Buffer>> take(uint64_t bytes, Use use, const std::function<void()>& waitIdle);
    void giveBack(Block* block, Use use);

    std::vector<ops::MemoryUse> report() const;
    void resetHighWater();

private:
    Result<Block*> create(uint64_t bytes, Use use);
    void destroy(Block* block, Use use);
    void trim();

    // Bytes that free blocks may hold before the pool makes room for a new one.
    static constexpr uint64_t kMostFreeBytes = 96u << 20;

    std::shared_ptr<Context> m_context;
    std::array<std::vector<Block*>, kUses> m_free;
    std::array<uint64_t, kUses> m_bytes{}, m_highWater{};
    uint64_t m_freeBytes = 0, m_totalHighWater = 0;
};

} // namespace engine::vulkan
