#include "engine/vulkan/pipelines.h"

#include <cstdio>
#include <cstring>

namespace engine::vulkan {

namespace {

std::string cacheName(const Identity& identity)
{
    char name[64];
    std::snprintf(name, sizeof name, "pipelines-%04x-%04x", identity.vendor, identity.device);
    return name;
}

// Drivers check this too; some only say that they do.
bool isOf(const Identity& identity, const std::string& data)
{
    VkPipelineCacheHeaderVersionOne header{};
    if (data.size() < sizeof header)
        return false;
    std::memcpy(&header, data.data(), sizeof header);
    return header.headerSize == sizeof header && header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE
        && header.vendorID == identity.vendor && header.deviceID == identity.device
        && hexadecimal(header.pipelineCacheUUID) == identity.cacheUuid;
}

} // namespace

void Pipelines::readCache()
{
    std::string data = m_context->cache.read(cacheName(m_context->identity)).value_or("");
    if (!isOf(m_context->identity, data))
        data.clear();
    const VkPipelineCacheCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
        .initialDataSize = data.size(),
        .pInitialData = data.data()};
    vkCreatePipelineCache(m_context->device, &info, nullptr, &m_cache);
}

void Pipelines::keepCache()
{
    size_t bytes = 0;
    if (!m_cache || vkGetPipelineCacheData(m_context->device, m_cache, &bytes, nullptr) != VK_SUCCESS)
        return;
    std::vector<char> data(bytes);
    if (vkGetPipelineCacheData(m_context->device, m_cache, &bytes, data.data()) == VK_SUCCESS)
        m_context->cache.write(cacheName(m_context->identity), {data.data(), bytes});
}

Result<std::unique_ptr<Pipelines>> Pipelines::create(std::shared_ptr<Context> context)
{
    std::unique_ptr<Pipelines> pipelines(new Pipelines(std::move(context)));
    VkDevice device = pipelines->m_context->device;
    VkDescriptorSetLayoutBinding bindings[kBindings];
    for (uint32_t i = 0; i < kBindings; ++i)
        bindings[i] = {i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr};
    const VkDescriptorSetLayoutCreateInfo set{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, .bindingCount = kBindings, .pBindings = bindings};
    if (const VkResult result = vkCreateDescriptorSetLayout(device, &set, nullptr, &pipelines->m_setLayout))
        return failure(result, "preparing kernels");
    const VkPushConstantRange range{VK_SHADER_STAGE_COMPUTE_BIT, 0, kPushBytes};
    const VkPipelineLayoutCreateInfo layout{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &pipelines->m_setLayout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &range};
    if (const VkResult result = vkCreatePipelineLayout(device, &layout, nullptr, &pipelines->m_layout))
        return failure(result, "preparing kernels");
    if (pipelines->m_context->measures)
        pipelines->readCache();
    return pipelines;
}

Pipelines::~Pipelines()
{
    VkDevice device = m_context->device;
    if (!m_pipelines.empty())
        keepCache();
    vkDestroyPipelineCache(device, m_cache, nullptr);
    for (const auto& entry : m_pipelines)
        vkDestroyPipeline(device, entry.second, nullptr);
    vkDestroyPipelineLayout(device, m_layout, nullptr);
    vkDestroyDescriptorSetLayout(device, m_setLayout, nullptr);
}

Result<VkPipeline> Pipelines::get(KernelId kernel, const std::vector<uint32_t>& constants)
{
    const auto known = m_pipelines.find({kernel, constants});
    if (known != m_pipelines.end())
        return known->second;

    VkDevice device = m_context->device;
    const std::span<const uint32_t> code = shaders::spirv(kernel);
    const std::string doing = std::string("preparing the kernel ") + shaders::name(kernel);
    const VkShaderModuleCreateInfo module{
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = code.size_bytes(), .pCode = code.data()};
    VkShaderModule shader = VK_NULL_HANDLE;
    if (const VkResult result = vkCreateShaderModule(device, &module, nullptr, &shader))
        return failure(result, doing);
    std::vector<VkSpecializationMapEntry> entries;
    for (uint32_t i = 0; i < constants.size(); ++i)
        entries.push_back({i, uint32_t(i * sizeof(uint32_t)), sizeof(uint32_t)});
    const VkSpecializationInfo specialization{
        uint32_t(entries.size()), entries.data(), constants.size() * sizeof(uint32_t), constants.data()};
    const VkComputePipelineCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .flags = VK_PIPELINE_CREATE_DISPATCH_BASE_BIT,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
            .flags = kernel == KernelId::gemm_cooperative
                ? VkPipelineShaderStageCreateFlags(VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT_EXT)
                : 0,
            .stage = VK_SHADER_STAGE_COMPUTE_BIT,
            .module = shader,
            .pName = "main",
            .pSpecializationInfo = &specialization},
        .layout = m_layout};
    VkPipeline pipeline = VK_NULL_HANDLE;
    const VkResult result = vkCreateComputePipelines(device, m_cache, 1, &info, nullptr, &pipeline);
    vkDestroyShaderModule(device, shader, nullptr);
    if (result != VK_SUCCESS)
        return failure(result, doing);
    m_pipelines[{kernel, constants}] = pipeline;
    return pipeline;
}

} // namespace engine::vulkan
