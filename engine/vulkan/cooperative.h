// Cooperative matrices (VK_KHR_cooperative_matrix): whether Vulkan's header, the kernel and the driver have them, in
// which size, and what a device is opened with to use them. Internal to engine/vulkan; any thread.
#pragma once

#include <cstdint>
#include <vulkan/vulkan.h>

namespace engine::vulkan {

// Of a product of halves that one subgroup computes with sums in single precision: rows x depth by depth x columns.
struct CooperativeShape {
    uint32_t rows = 0, columns = 0, depth = 0;

    bool exists() const { return rows > 0; }
};

// 16 x 16 x 16 where the driver has it, else the first that fits gemm_cooperative; none where anything is missing.
CooperativeShape findCooperativeShape(VkInstance instance, VkPhysicalDevice device);

// For a device that has a shape: adds features and extensions. Those that are there already would be lost.
void addCooperative(VkDeviceCreateInfo& info);

} // namespace engine::vulkan
