#include "vulkan/physical_device.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "vulkan/layout.h"

namespace diorama::vulkan {
namespace {

struct Properties {
  VkPhysicalDeviceProperties2 base{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2};
  VkPhysicalDeviceVulkan11Properties v11{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES};
  VkPhysicalDeviceVulkan12Properties v12{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES};
  VkPhysicalDeviceVulkan13Properties v13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES};

  explicit Properties(VkPhysicalDevice device) {
    base.pNext = &v11;
    v11.pNext = &v12;
    v12.pNext = &v13;
    vkGetPhysicalDeviceProperties2(device, &base);
  }
};

struct Features {
  VkPhysicalDeviceFeatures2 base{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
  VkPhysicalDeviceVulkan11Features v11{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES};
  VkPhysicalDeviceVulkan12Features v12{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
  VkPhysicalDeviceVulkan13Features v13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};

  explicit Features(VkPhysicalDevice device) {
    base.pNext = &v11;
    v11.pNext = &v12;
    v12.pNext = &v13;
    vkGetPhysicalDeviceFeatures2(device, &base);
  }
};

std::string version_text(uint32_t version) {
  return fmt::format("{}.{}.{}", VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version),
                     VK_API_VERSION_PATCH(version));
}

DeviceType type_of(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return DeviceType::integrated;
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return DeviceType::discrete;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return DeviceType::virtual_gpu;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return DeviceType::cpu;
    default:
      return DeviceType::other;
  }
}

std::vector<VkQueueFamilyProperties> queue_families(VkPhysicalDevice device) {
  return enumerate<VkQueueFamilyProperties>([device](uint32_t* count, VkQueueFamilyProperties* families) {
    vkGetPhysicalDeviceQueueFamilyProperties(device, count, families);
  });
}

// A family for compute alone, so that the desktop's own queue stays free, else any that computes.
std::optional<uint32_t> choose_queue_family(const std::vector<VkQueueFamilyProperties>& families) {
  std::optional<uint32_t> found;
  for (uint32_t i = 0; i < families.size(); ++i) {
    const VkQueueFlags flags = families[i].queueFlags;
    if ((flags & VK_QUEUE_COMPUTE_BIT) == 0) continue;
    if ((flags & VK_QUEUE_GRAPHICS_BIT) == 0) return i;
    if (!found) found = i;
  }
  return found;
}

bool has_extension(VkPhysicalDevice device, const char* name) {
  const auto extensions =
      enumerate<VkExtensionProperties>([device](uint32_t* count, VkExtensionProperties* properties) {
        return vkEnumerateDeviceExtensionProperties(device, nullptr, count, properties);
      });
  return std::any_of(extensions.begin(), extensions.end(), [name](const VkExtensionProperties& extension) {
    return std::strcmp(extension.extensionName, name) == 0;
  });
}

Caps caps_of(VkPhysicalDevice device, const Properties& properties, const Features& features) {
  const VkPhysicalDeviceLimits& limits = properties.base.properties.limits;
  const VkSubgroupFeatureFlags subgroup = properties.v11.subgroupSupportedOperations;
  const bool subgroups = (properties.v11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) != 0;

  Caps caps;
  caps.type = type_of(properties.base.properties.deviceType);
  caps.subgroup_size = properties.v11.subgroupSize;
  caps.subgroup_shuffle = subgroups && (subgroup & VK_SUBGROUP_FEATURE_SHUFFLE_BIT) != 0;
  caps.subgroup_arithmetic = subgroups && (subgroup & VK_SUBGROUP_FEATURE_ARITHMETIC_BIT) != 0;
  caps.storage16 = features.v11.storageBuffer16BitAccess == VK_TRUE;
  caps.dot_product = features.v13.shaderIntegerDotProduct == VK_TRUE;
  caps.dot_product_fast =
      caps.dot_product && properties.v13.integerDotProduct4x8BitPackedSignedAccelerated == VK_TRUE;
  caps.push_descriptors = has_extension(device, VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME);
  caps.pipeline_statistics = has_extension(device, VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME);
  // CPUs and integrated GPUs have one memory for both sides; a discrete GPU reads its own faster.
  caps.host_visible = caps.is_cpu() || caps.type == DeviceType::integrated;
  caps.timestamp_ns = limits.timestampPeriod;
  caps.max_binding_bytes = limits.maxStorageBufferRange;
  caps.max_allocation_bytes = properties.v11.maxMemoryAllocationSize;
  caps.binding_alignment = std::max<size_t>(16, limits.minStorageBufferOffsetAlignment);
  caps.shared_bytes = limits.maxComputeSharedMemorySize;
  caps.max_invocations = limits.maxComputeWorkGroupInvocations;
  for (int i = 0; i < 3; ++i) caps.max_groups[i] = limits.maxComputeWorkGroupCount[i];
  return caps;
}

std::string why_unsuitable(const Properties& properties, const Features& features, bool has_queue) {
  const VkPhysicalDeviceLimits& limits = properties.base.properties.limits;
  if (properties.base.properties.apiVersion < VK_API_VERSION_1_3)
    return "it offers Vulkan " + version_text(properties.base.properties.apiVersion) + "; 1.3 is needed";
  if (!has_queue) return "it has no compute queue";
  if (features.v12.timelineSemaphore == VK_FALSE) return "it has no timeline semaphores";
  if (features.v13.synchronization2 == VK_FALSE) return "it has no synchronization2";
  if (features.v13.maintenance4 == VK_FALSE) return "it has no maintenance4";
  if (limits.maxPerStageDescriptorStorageBuffers < kMaxBindings)
    return fmt::format("it binds {} storage buffers; {} are needed",
                       limits.maxPerStageDescriptorStorageBuffers, kMaxBindings);
  if (limits.minStorageBufferOffsetAlignment > Arena::kAlignment)
    return "its storage buffers need wide alignment";
  return "";
}

}  // namespace

PhysicalDevice examine(VkPhysicalDevice handle, int index) {
  const Properties properties(handle);
  const Features features(handle);
  const auto families = queue_families(handle);
  const auto family = choose_queue_family(families);

  PhysicalDevice device;
  device.handle = handle;
  device.queue_family = family.value_or(0);
  device.info.index = index;
  device.info.name = properties.base.properties.deviceName;
  device.info.driver = fmt::format("{} {}", properties.v12.driverName, properties.v12.driverInfo);
  device.info.api = version_text(properties.base.properties.apiVersion);
  device.info.caps = caps_of(handle, properties, features);
  if (!family || families[*family].timestampValidBits == 0) device.info.caps.timestamp_ns = 0;
  device.info.unsuitable = why_unsuitable(properties, features, family.has_value());
  return device;
}

}  // namespace diorama::vulkan
