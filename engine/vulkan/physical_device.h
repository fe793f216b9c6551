// Private: what a physical device offers, and whether the engine can use it.
#pragma once

#include "vulkan/api.h"
#include "vulkan/devices.h"

namespace diorama::vulkan {

struct PhysicalDevice {
  VkPhysicalDevice handle = VK_NULL_HANDLE;
  uint32_t queue_family = 0;  // the best one for compute
  DeviceInfo info;
};

PhysicalDevice examine(VkPhysicalDevice handle, int index);

}  // namespace diorama::vulkan
