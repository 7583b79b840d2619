// A Vulkan instance, the physical device that was chosen and the logical device with its one compute queue.
// Internal to engine/vulkan. One owner, not movable. Engine thread.
#pragma once

#include "engine/vulkan/cache_folder.h"
#include "engine/vulkan/cooperative.h"
#include "engine/vulkan/tuning.h"
#include "engine/vulkan/vulkan_device.h"

#include <set>
#include <vulkan/vulkan.h>

namespace engine::vulkan {

// "VK_ERROR_DEVICE_LOST" and the like, for messages.
const char* name(VkResult result);
// A failed call as an error that a user can read; a lost device is NoDevice.
Error failure(VkResult result, const std::string& doing);

std::set<std::string> extensionsOf(VkPhysicalDevice device);
std::string hexadecimal(const uint8_t (&bytes)[VK_UUID_SIZE]);

class Instance {
public:
    static Result<std::shared_ptr<Instance>> create(bool validation);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    VkInstance handle() const { return m_handle; }
    std::vector<VkPhysicalDevice> devices() const;

private:
    Instance() = default;

    VkInstance m_handle = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT m_messenger = VK_NULL_HANDLE;
};

// What the kernels and the memory need to know of a device.
struct Limits {
    bool software = false;
    uint32_t subgroupSize = 0;
    uint64_t bindingBytes = 0;
    uint64_t bindingAlignment = 0;
    uint32_t sharedBytes = 0;
    uint32_t workgroupInvocations = 0;
    double timestampSeconds = 0; // per tick; 0: no timestamps
    CooperativeShape cooperative; // of an open device: only where it computes fast
};

// A physical device and what can be said about it.
struct Found {
    VkPhysicalDevice device = VK_NULL_HANDLE;
    uint32_t queueFamily = 0;
    Limits limits;
    Identity identity;
    Tuning tuning; // by the table
    ops::Candidate candidate;
};
std::vector<Found> findDevices(const Instance& instance, const std::string& request);

class Context {
public:
    static Result<std::unique_ptr<Context>> create(const DeviceChoice& choice);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    VkPhysicalDevice physicalDevice = VK_NULL_HANDLE;
    VkDevice device = VK_NULL_HANDLE;
    VkQueue queue = VK_NULL_HANDLE;
    uint32_t queueFamily = 0;
    VkPhysicalDeviceMemoryProperties memory{};
    Limits limits;
    Identity identity;
    Tuning tuning; // by the table
    bool measures = false; // whether kernels are chosen by measurement
    CacheFolder cache; // keeps nothing where they are not
    ops::DeviceInfo info;

private:
    Context() = default;

    std::shared_ptr<Instance> m_instance;
};

} // namespace engine::vulkan
