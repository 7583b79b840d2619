#include "engine/vulkan/context.h"

#include "engine/base/log.h"
#include "engine/vulkan/kept_tuning.h"

#include <algorithm>
#include <cstdlib>

namespace engine::vulkan {

std::set<std::string> extensionsOf(VkPhysicalDevice device)
{
    uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> extensions(count);
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, extensions.data());
    std::set<std::string> names;
    for (const VkExtensionProperties& extension : extensions)
        names.insert(extension.extensionName);
    return names;
}

std::string hexadecimal(const uint8_t (&bytes)[VK_UUID_SIZE])
{
    std::string text;
    for (const uint8_t byte : bytes)
        for (const int half : {byte >> 4, byte & 15})
            text += "0123456789abcdef"[half];
    return text;
}

namespace {

ops::DeviceKind kindOf(VkPhysicalDeviceType type)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return ops::DeviceKind::Discrete;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return ops::DeviceKind::Integrated;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return ops::DeviceKind::Virtual;
    default:
        return ops::DeviceKind::Software;
    }
}

// The compute queue family that does nothing else, where there is one; -1 when there is none at all.
int computeFamily(VkPhysicalDevice device)
{
    uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
    int found = -1;
    for (int i = 0; i < int(count); ++i) {
        const VkQueueFlags flags = families[size_t(i)].queueFlags;
        if ((flags & VK_QUEUE_COMPUTE_BIT) && (found < 0 || !(flags & VK_QUEUE_GRAPHICS_BIT)))
            found = i;
    }
    return found;
}

// What the driver says it has of what workgroups are spread over; 0 where it says nothing.
int64_t coresOf(VkPhysicalDevice device)
{
    const std::set<std::string> extensions = extensionsOf(device);
    const auto has = [&](const char* name) { return extensions.contains(name); };
    const auto ask = [&](auto& properties) {
        VkPhysicalDeviceProperties2 all{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &properties};
        vkGetPhysicalDeviceProperties2(device, &all);
    };
    if (has(VK_NV_SHADER_SM_BUILTINS_EXTENSION_NAME)) {
        VkPhysicalDeviceShaderSMBuiltinsPropertiesNV nvidia{
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SM_BUILTINS_PROPERTIES_NV};
        ask(nvidia);
        return nvidia.shaderSMCount;
    }
    if (has(VK_AMD_SHADER_CORE_PROPERTIES_2_EXTENSION_NAME)) {
        VkPhysicalDeviceShaderCoreProperties2AMD amd{
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CORE_PROPERTIES_2_AMD};
        ask(amd);
        return amd.activeComputeUnitCount;
    }
    if (has(VK_AMD_SHADER_CORE_PROPERTIES_EXTENSION_NAME)) {
        VkPhysicalDeviceShaderCorePropertiesAMD amd{
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CORE_PROPERTIES_AMD};
        ask(amd);
        return int64_t(amd.shaderEngineCount) * amd.shaderArraysPerEngineCount * amd.computeUnitsPerShaderArray;
    }
    if (has(VK_ARM_SHADER_CORE_BUILTINS_EXTENSION_NAME)) {
        VkPhysicalDeviceShaderCoreBuiltinsPropertiesARM arm{
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_CORE_BUILTINS_PROPERTIES_ARM};
        ask(arm);
        return arm.shaderCoreCount;
    }
    return 0;
}

Found describe(const Instance& instance, VkPhysicalDevice device)
{
    VkPhysicalDeviceDriverProperties driver{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDeviceIDProperties id{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES, .pNext = &driver};
    VkPhysicalDeviceSubgroupProperties subgroup{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES, .pNext = &id};
    VkPhysicalDeviceProperties2 all{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &subgroup};
    VkPhysicalDeviceProperties basic{};
    vkGetPhysicalDeviceProperties(device, &basic);
    const bool version = basic.apiVersion >= VK_API_VERSION_1_2;
    if (version)
        vkGetPhysicalDeviceProperties2(device, &all);
    VkPhysicalDeviceMemoryProperties memory{};
    vkGetPhysicalDeviceMemoryProperties(device, &memory);

    Found found{.device = device};
    found.candidate.info = {.name = basic.deviceName, .kind = kindOf(basic.deviceType)};
    for (uint32_t i = 0; i < memory.memoryHeapCount; ++i)
        if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
            found.candidate.info.memoryBytes += memory.memoryHeaps[i].size;
    const int family = computeFamily(device);
    if (!version) {
        found.candidate.reason = "it knows Vulkan " + std::to_string(VK_API_VERSION_MAJOR(basic.apiVersion)) + "."
            + std::to_string(VK_API_VERSION_MINOR(basic.apiVersion)) + "; 1.2 is needed";
        return found;
    }
    found.candidate.info.uuid = hexadecimal(id.deviceUUID);
    found.candidate.request = "vulkan:" + found.candidate.info.uuid;
    found.candidate.info.driver = std::string(driver.driverName) + " " + driver.driverInfo;
    if (family < 0) {
        found.candidate.reason = "it has no compute queue";
        return found;
    }
    const VkPhysicalDeviceLimits& limits = basic.limits;
    found.queueFamily = uint32_t(family);
    found.limits = {.software = found.candidate.info.kind == ops::DeviceKind::Software,
        .subgroupSize = subgroup.subgroupSize,
        .bindingBytes = limits.maxStorageBufferRange,
        .bindingAlignment = limits.minStorageBufferOffsetAlignment,
        .sharedBytes = limits.maxComputeSharedMemorySize,
        .workgroupInvocations = limits.maxComputeWorkGroupInvocations,
        .timestampSeconds = limits.timestampComputeAndGraphics ? double(limits.timestampPeriod) * 1e-9 : 0,
        .cooperative = findCooperativeShape(instance.handle(), device)};
    if (limits.maxComputeWorkGroupInvocations < kTiles[kCooperativeTile].lanes() * subgroup.subgroupSize)
        found.limits.cooperative = {};
    found.identity = {basic.vendorID, basic.deviceID, basic.driverVersion, hexadecimal(basic.pipelineCacheUUID)};
    found.tuning = tableTuning(basic.vendorID, found.candidate.info.kind, coresOf(device));
    found.candidate.usable = true;
    return found;
}

int rank(ops::DeviceKind kind)
{
    return int(kind); // discrete, integrated, virtual, software: the order of the enumeration
}

// Whether its kernels are chosen by measurement, and that is kept.
bool isMeasured(const Found& found, const DeviceChoice& choice)
{
    const char* off = std::getenv("PERCEIVERSCOPE_NO_TUNING");
    const bool wanted
        = choice.tuning == SelfTuning::Forced || (choice.tuning == SelfTuning::Automatic && !found.limits.software);
    return wanted && !(off && *off);
}

CacheFolder cacheOf(const DeviceChoice& choice)
{
    return choice.cacheFolder.empty() ? CacheFolder::ofUser() : CacheFolder(choice.cacheFolder);
}

std::string kernelsOf(const Found& found, const DeviceChoice& choice)
{
    if (!isMeasured(found, choice))
        return describe(found.tuning);
    const auto kept = readTuning(cacheOf(choice), found.identity, choice.precision, found.tuning);
    return kept ? describe(*kept) : describe(found.tuning) + " until it is measured at its first use";
}

} // namespace

std::vector<Found> findDevices(const Instance& instance, const std::string& request)
{
    std::vector<Found> all;
    for (VkPhysicalDevice device : instance.devices())
        all.push_back(describe(instance, device));
    std::stable_sort(all.begin(), all.end(), [](const Found& a, const Found& b) {
        if (a.candidate.usable != b.candidate.usable)
            return a.candidate.usable;
        return rank(a.candidate.info.kind) < rank(b.candidate.info.kind);
    });
    const bool automatic = request.empty() || request == "auto";
    bool chosen = false;
    for (size_t i = 0; i < all.size(); ++i) {
        ops::Candidate& candidate = all[i].candidate;
        if (!candidate.usable)
            continue;
        const bool software = candidate.info.kind == ops::DeviceKind::Software;
        if (!chosen && (automatic || ops::isNamed(candidate.info, i, request))) {
            chosen = candidate.chosen = true;
            candidate.reason = !automatic ? "asked for"
                : software                ? "a software driver: slow, chosen because there is no other device"
                                          : std::string("the first ") + name(candidate.info.kind) + " GPU";
        } else {
            candidate.reason = software ? "a software driver: used only when asked for or when nothing else exists"
                                        : "usable; choose it by name, index or UUID";
        }
    }
    return all;
}

Result<std::vector<ops::Candidate>> listDevices(const DeviceChoice& choice)
{
    TRY_ASSIGN(const std::shared_ptr<Instance> instance, Instance::create(false));
    std::vector<ops::Candidate> candidates;
    for (Found& found : findDevices(*instance, choice.request)) {
        if (found.candidate.usable)
            found.candidate.info.kernels = kernelsOf(found, choice);
        candidates.push_back(std::move(found.candidate));
    }
    return candidates;
}

Result<std::unique_ptr<Context>> Context::create(const DeviceChoice& choice)
{
    TRY_ASSIGN(const std::shared_ptr<Instance> instance, Instance::create(choice.validation));
    const std::vector<Found> all = findDevices(*instance, choice.request);
    const auto found = std::find_if(all.begin(), all.end(), [](const Found& f) { return f.candidate.chosen; });
    if (found == all.end()) {
        std::string text = all.empty() ? "there is no Vulkan device" : "no device fits '" + choice.request + "'";
        for (size_t i = 0; i < all.size(); ++i)
            text += (i ? ", " : "; there is ") + std::to_string(i) + ": " + all[i].candidate.info.name
                + (all[i].candidate.usable ? "" : " (not usable: " + all[i].candidate.reason + ")");
        if (all.empty())
            text += ": install your GPU's driver, or mesa-vulkan-drivers for a software one";
        return Error{ErrorKind::NoDevice, text};
    }
    std::unique_ptr<Context> context(new Context);
    context->m_instance = instance;
    context->physicalDevice = found->device;
    context->limits = found->limits;
    context->identity = found->identity;
    context->tuning = found->tuning;
    context->measures = isMeasured(*found, choice);
    if (context->measures)
        context->cache = cacheOf(choice);
    context->info = found->candidate.info;
    context->queueFamily = found->queueFamily;
    vkGetPhysicalDeviceMemoryProperties(found->device, &context->memory);

    const float priority = 1.0f;
    const VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = found->queueFamily,
        .queueCount = 1,
        .pQueuePriorities = &priority};
    VkDeviceCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .queueCreateInfoCount = 1, .pQueueCreateInfos = &queue};
    if (choice.precision != ops::Precision::Fast)
        context->limits.cooperative = {};
    if (context->limits.cooperative.exists())
        addCooperative(info);
    if (const VkResult result = vkCreateDevice(found->device, &info, nullptr, &context->device); result != VK_SUCCESS)
        return failure(result, "opening " + context->info.name);
    vkGetDeviceQueue(context->device, found->queueFamily, 0, &context->queue);
    log(LogLevel::Info, "device: " + context->info.name + " (" + found->candidate.reason + ")");
    return context;
}

Context::~Context()
{
    if (device)
        vkDestroyDevice(device, nullptr);
}

} // namespace engine::vulkan
