#include "vulkan/context.h"

#include <algorithm>
#include <cstdlib>

#include "vulkan/layout.h"

namespace diorama::vulkan {
namespace {

std::vector<PhysicalDevice> examine_all(const Instance& instance) {
  std::vector<PhysicalDevice> devices;
  for (VkPhysicalDevice handle : instance.physical_devices())
    devices.push_back(examine(handle, static_cast<int>(devices.size())));
  return devices;
}

PhysicalDevice choose(const Instance& instance, int index) {
  const std::vector<PhysicalDevice> devices = examine_all(instance);
  DeviceList list;
  for (const PhysicalDevice& device : devices) list.devices.push_back(device.info);
  const int chosen = index < 0 ? list.best() : index;
  if (chosen < 0)
    fail(Fault::unsupported_device, "[vulkan] no device can be used; `diorama devices` says why");
  if (chosen >= static_cast<int>(devices.size()))
    fail(Fault::unsupported_device, "[vulkan] there is no device {}; `diorama devices` lists {}", chosen,
         devices.size());
  const PhysicalDevice& device = devices[static_cast<size_t>(chosen)];
  if (!device.info.unsuitable.empty())
    fail(Fault::unsupported_device, "[vulkan] {}: {}; choose another device", device.info.name,
         device.info.unsuitable);
  return device;
}

int first_of(const std::vector<DeviceInfo>& devices, std::initializer_list<DeviceType> preference) {
  for (const DeviceType type : preference)
    for (const DeviceInfo& device : devices)
      if (device.caps.type == type && device.unsuitable.empty()) return device.index;
  return -1;
}

}  // namespace

int DeviceList::best_gpu() const {
  return first_of(devices, {DeviceType::discrete, DeviceType::integrated});
}

int DeviceList::best() const {
  const int gpu = best_gpu();
  return gpu >= 0 ? gpu : first_of(devices, {DeviceType::virtual_gpu, DeviceType::cpu, DeviceType::other});
}

DeviceList list_devices() {
  DeviceList list;
  try {
    const Instance instance(false);
    list.has_validation = has_validation_layer();
    for (PhysicalDevice& device : examine_all(instance)) list.devices.push_back(std::move(device.info));
    if (list.devices.empty()) list.reason = "the Vulkan drivers know no device";
  } catch (const Error& error) {
    list.reason = error.what();
  }
  return list;
}

Context::Context(const DeviceOptions& options)
    : instance_(options.validate || std::getenv("DIORAMA_VALIDATE") != nullptr),
      physical_(choose(instance_, options.index)) {
  Caps& caps = physical_.info.caps;
  caps.push_descriptors = caps.push_descriptors && options.push_descriptors;
  caps.dot_product = caps.dot_product && options.dot_product;
  caps.dot_product_fast = caps.dot_product_fast && options.dot_product;
  caps.storage16 = caps.storage16 && options.storage16;
  caps.host_visible = caps.host_visible && options.host_visible;
  caps.max_binding_bytes = std::min(caps.max_binding_bytes, options.max_binding_bytes);
  try {
    create_device();
    create_layouts();
  } catch (...) {
    destroy();
    throw;
  }
}

Context::~Context() {
  destroy();
}

void Context::destroy() {
  if (device_ == VK_NULL_HANDLE) return;
  vkDestroyPipelineLayout(device_, pipeline_layout_, nullptr);
  vkDestroyDescriptorSetLayout(device_, set_layout_, nullptr);
  vkDestroyDevice(device_, nullptr);
}

void Context::create_device() {
  const float priority = 1.0f;
  VkDeviceQueueCreateInfo queue{VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
  queue.queueFamilyIndex = physical_.queue_family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;

  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR statistics{
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR};
  statistics.pipelineExecutableInfo = VK_TRUE;
  VkPhysicalDeviceVulkan11Features v11{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES};
  v11.storageBuffer16BitAccess = caps().storage16;
  VkPhysicalDeviceVulkan12Features v12{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
  v12.timelineSemaphore = VK_TRUE;
  VkPhysicalDeviceVulkan13Features v13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
  v13.synchronization2 = VK_TRUE;
  v13.shaderIntegerDotProduct = caps().dot_product;
  v13.maintenance4 = VK_TRUE;  // workgroup sizes from specialization constants
  v11.pNext = &v12;
  v12.pNext = &v13;

  std::vector<const char*> extensions;
  if (caps().push_descriptors) extensions.push_back(VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME);
  if (caps().pipeline_statistics) {
    extensions.push_back(VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME);
    v13.pNext = &statistics;
  }
  VkDeviceCreateInfo info{VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO};
  info.pNext = &v11;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = static_cast<uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  check_opening(vkCreateDevice(physical_.handle, &info, nullptr, &device_), "vkCreateDevice");
  vkGetDeviceQueue(device_, physical_.queue_family, 0, &queue_);
}

void Context::create_layouts() {
  VkDescriptorSetLayoutBinding bindings[kMaxBindings] = {};
  for (uint32_t i = 0; i < kMaxBindings; ++i)
    bindings[i] = {i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr};
  VkDescriptorSetLayoutCreateInfo set{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
  if (caps().push_descriptors) set.flags = VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR;
  set.bindingCount = kMaxBindings;
  set.pBindings = bindings;
  check_opening(vkCreateDescriptorSetLayout(device_, &set, nullptr, &set_layout_),
                "vkCreateDescriptorSetLayout");

  const VkPushConstantRange parameters{VK_SHADER_STAGE_COMPUTE_BIT, 0, kMaxParameterBytes};
  VkPipelineLayoutCreateInfo info{VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  info.setLayoutCount = 1;
  info.pSetLayouts = &set_layout_;
  info.pushConstantRangeCount = 1;
  info.pPushConstantRanges = &parameters;
  check_opening(vkCreatePipelineLayout(device_, &info, nullptr, &pipeline_layout_), "vkCreatePipelineLayout");
}

}  // namespace diorama::vulkan
