#include "engine/vulkan/context.h"

#include "engine/base/log.h"

#include <cstring>
#include <mutex>

namespace engine::vulkan {

namespace {

std::mutex g_messagesMutex;
std::vector<std::string> g_messages;

VKAPI_ATTR VkBool32 VKAPI_CALL onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
    const VkDebugUtilsMessengerCallbackDataEXT* data, void*)
{
    const std::lock_guard lock(g_messagesMutex);
    g_messages.emplace_back(data->pMessage);
    log(LogLevel::Warning, "Vulkan validation: " + g_messages.back());
    return VK_FALSE;
}

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

bool layerPresent(const char* wanted)
{
    uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    vkEnumerateInstanceLayerProperties(&count, layers.data());
    for (const auto& layer : layers)
        if (std::strcmp(layer.layerName, wanted) == 0)
            return true;
    return false;
}

} // namespace

std::vector<std::string> validationMessages()
{
    const std::lock_guard lock(g_messagesMutex);
    return g_messages;
}

const char* name(VkResult result)
{
    switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
        return "out of host memory";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return "out of device memory";
    case VK_ERROR_INITIALIZATION_FAILED:
        return "initialisation failed";
    case VK_ERROR_DEVICE_LOST:
        return "device lost";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
        return "no compatible driver";
    case VK_ERROR_TOO_MANY_OBJECTS:
        return "too many objects";
    default:
        return "unexpected Vulkan error";
    }
}

Error failure(VkResult result, const std::string& doing)
{
    const std::string code = std::string(name(result)) + " (VkResult " + std::to_string(int(result)) + ")";
    if (result == VK_ERROR_DEVICE_LOST)
        return {ErrorKind::NoDevice,
            "the device was lost while " + doing
                + ": its driver gave up. Run again; if it happens again, choose another device"};
    return {ErrorKind::NoDevice, doing + " failed: " + code};
}

Result<std::shared_ptr<Instance>> Instance::create(bool validation)
{
    const VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "PerceiverScope",
        .apiVersion = VK_API_VERSION_1_2};
    const bool layer = validation && layerPresent(kValidationLayer);
    if (validation && !layer)
        log(LogLevel::Warning, "the Vulkan validation layer is not installed");
    const VkValidationFeatureEnableEXT enabled[] = {VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
    const VkValidationFeaturesEXT features{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
        .enabledValidationFeatureCount = 1,
        .pEnabledValidationFeatures = enabled};
    const char* layers[] = {kValidationLayer};
    const char* extensions[] = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME};
    const VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = layer ? &features : nullptr,
        .pApplicationInfo = &application,
        .enabledLayerCount = layer ? 1u : 0u,
        .ppEnabledLayerNames = layers,
        .enabledExtensionCount = layer ? 1u : 0u,
        .ppEnabledExtensionNames = extensions};

    const std::shared_ptr<Instance> instance(new Instance);
    if (const VkResult result = vkCreateInstance(&info, nullptr, &instance->m_handle); result != VK_SUCCESS)
        return Error{ErrorKind::NoDevice,
            std::string("no Vulkan driver could be opened: ") + name(result)
                + ". Install your GPU's driver, or mesa-vulkan-drivers for a software one"};
    if (layer) {
        const VkDebugUtilsMessengerCreateInfoEXT messenger{
            .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
            .messageSeverity
            = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
            .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
            .pfnUserCallback = onMessage};
        const auto create = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(instance->m_handle, "vkCreateDebugUtilsMessengerEXT"));
        if (create)
            create(instance->m_handle, &messenger, nullptr, &instance->m_messenger);
    }
    return instance;
}

Instance::~Instance()
{
    if (m_messenger) {
        const auto destroy = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(m_handle, "vkDestroyDebugUtilsMessengerEXT"));
        if (destroy)
            destroy(m_handle, m_messenger, nullptr);
    }
    if (m_handle)
        vkDestroyInstance(m_handle, nullptr);
}

std::vector<VkPhysicalDevice> Instance::devices() const
{
    uint32_t count = 0;
    vkEnumeratePhysicalDevices(m_handle, &count, nullptr);
    std::vector<VkPhysicalDevice> devices(count);
    vkEnumeratePhysicalDevices(m_handle, &count, devices.data());
    devices.resize(count);
    return devices;
}

} // namespace engine::vulkan
