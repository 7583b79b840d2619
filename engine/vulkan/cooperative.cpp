#include "engine/vulkan/cooperative.h"

#include "engine/vulkan/context.h"
#include "shaders/kernels.h"

#include <algorithm>
#include <iterator>

namespace engine::vulkan {

#ifdef VK_KHR_cooperative_matrix

namespace {

constexpr const char* kExtensions[]
    = {VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME};

// The features that the kernel needs, as one chain.
struct Features {
    Features() = default;
    Features(const Features&) = delete;
    Features& operator=(const Features&) = delete;

    VkPhysicalDeviceShaderFloat16Int8Features halves{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES};
    VkPhysicalDeviceVulkanMemoryModelFeatures memoryModel{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_MEMORY_MODEL_FEATURES, .pNext = &halves};
    VkPhysicalDeviceSubgroupSizeControlFeaturesEXT subgroups{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES_EXT, .pNext = &memoryModel};
    VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrices{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR, .pNext = &subgroups};
};

bool hasFeatures(VkPhysicalDevice device)
{
    Features features;
    VkPhysicalDeviceFeatures2 all{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &features.matrices};
    vkGetPhysicalDeviceFeatures2(device, &all);
    return features.halves.shaderFloat16 && features.memoryModel.vulkanMemoryModel
        && features.subgroups.computeFullSubgroups && features.matrices.cooperativeMatrix;
}

bool fits(const VkCooperativeMatrixPropertiesKHR& p)
{
    const auto divides = [](uint32_t part, uint32_t whole) { return part > 0 && whole % part == 0; };
    return p.AType == VK_COMPONENT_TYPE_FLOAT16_KHR && p.BType == VK_COMPONENT_TYPE_FLOAT16_KHR
        && p.CType == VK_COMPONENT_TYPE_FLOAT32_KHR && p.ResultType == VK_COMPONENT_TYPE_FLOAT32_KHR
        && p.scope == VK_SCOPE_SUBGROUP_KHR && !p.saturatingAccumulation
        && divides(p.MSize, kTiles[kCooperativeTile].ownRows) && divides(p.NSize, kTiles[kCooperativeTile].ownColumns)
        && divides(p.KSize, kCooperativeDepth);
}

} // namespace

CooperativeShape findCooperativeShape(VkInstance instance, VkPhysicalDevice device)
{
    const auto ask = reinterpret_cast<PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR>(
        vkGetInstanceProcAddr(instance, "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR"));
    const auto extensions = extensionsOf(device);
    const auto has = [&](const char* name) { return extensions.contains(name); };
    if (shaders::spirv(shaders::KernelId::gemm_cooperative).empty() || !ask
        || !std::all_of(std::begin(kExtensions), std::end(kExtensions), has) || !hasFeatures(device))
        return {};
    uint32_t count = 0;
    ask(device, &count, nullptr);
    std::vector<VkCooperativeMatrixPropertiesKHR> all(
        count, {.sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR});
    ask(device, &count, all.data());
    CooperativeShape found;
    for (const VkCooperativeMatrixPropertiesKHR& p : all)
        if (fits(p) && (!found.exists() || (p.MSize == 16 && p.NSize == 16 && p.KSize == 16)))
            found = {p.MSize, p.NSize, p.KSize};
    return found;
}

void addCooperative(VkDeviceCreateInfo& info)
{
    static Features wanted;
    wanted.halves.shaderFloat16 = wanted.memoryModel.vulkanMemoryModel = wanted.subgroups.computeFullSubgroups
        = wanted.matrices.cooperativeMatrix = VK_TRUE;
    info.pNext = &wanted.matrices;
    info.enabledExtensionCount = uint32_t(std::size(kExtensions));
    info.ppEnabledExtensionNames = kExtensions;
}

#else // headers before 1.3.255, as Debian 12 has them

CooperativeShape findCooperativeShape(VkInstance, VkPhysicalDevice)
{
    return {};
}

void addCooperative(VkDeviceCreateInfo&) { }

#endif

} // namespace engine::vulkan
