// One submission of the command stream: its commands, and what they hold on to until they are done.
// Internal to engine/vulkan; engine thread.
#pragma once

#include "engine/vulkan/stream.h"

namespace engine::vulkan {

constexpr uint32_t kSets = 512; // dispatches in one
constexpr uint32_t kQueries = 256; // timestamps in one

struct Stream::Batch {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    VkFence fence = VK_NULL_HANDLE;
    VkDescriptorPool descriptors = VK_NULL_HANDLE;
    VkQueryPool queries = VK_NULL_HANDLE;
    std::vector<std::string> marks; // the pass that begins at each timestamp
    std::vector<std::shared_ptr<Buffer>> staging;
    uint32_t sets = 0;
    double cost = 0, flop = 0;
    int dispatches = 0;
    bool submitted = false;
};

inline Buffer& bufferOf(const ops::Tensor& tensor)
{
    return *static_cast<Buffer*>(tensor.storage());
}

inline Block& blockOf(const ops::Tensor& tensor)
{
    return bufferOf(tensor).block();
}

} // namespace engine::vulkan
