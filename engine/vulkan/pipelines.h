// Compute pipelines from the embedded SPIR-V, made at first use and kept. All share one layout: eight storage buffers
// and 128 bytes of push constants. What the driver compiled is kept for the next start (Context::cache). Internal to
// engine/vulkan; engine thread.
#pragma once

#include "engine/vulkan/context.h"
#include "shaders/kernels.h"

#include <map>

namespace engine::vulkan {

using shaders::KernelId;

constexpr uint32_t kBindings = 8;
constexpr uint32_t kPushBytes = 128;

class Pipelines {
public:
    static Result<std::unique_ptr<Pipelines>> create(std::shared_ptr<Context> context);
    ~Pipelines();
    Pipelines(const Pipelines&) = delete;
    Pipelines& operator=(const Pipelines&) = delete;

    Result<VkPipeline> get(KernelId kernel, const std::vector<uint32_t>& constants);
    VkPipelineLayout layout() const { return m_layout; }
    VkDescriptorSetLayout setLayout() const { return m_setLayout; }

private:
    explicit Pipelines(std::shared_ptr<Context> context) : m_context(std::move(context)) { }
    void readCache();
    void keepCache();

    std::shared_ptr<Context> m_context;
    VkDescriptorSetLayout m_setLayout = VK_NULL_HANDLE;
    VkPipelineLayout m_layout = VK_NULL_HANDLE;
    VkPipelineCache m_cache = VK_NULL_HANDLE; // none: every pipeline is compiled anew
    std::map<std::pair<KernelId, std::vector<uint32_t>>, VkPipeline> m_pipelines;
};

} // namespace engine::vulkan
