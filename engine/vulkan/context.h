// Private: a logical device with one compute queue. Everything made from it holds on to it.
#pragma once

#include <memory>
#include <string>

#include "vulkan/instance.h"
#include "vulkan/physical_device.h"

namespace diorama::vulkan {

class Context {
 public:
  explicit Context(const DeviceOptions& options);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  VkDevice handle() const { return device_; }
  VkPhysicalDevice physical() const { return physical_.handle; }
  VkQueue queue() const { return queue_; }
  uint32_t queue_family() const { return physical_.queue_family; }
  const DeviceInfo& info() const { return physical_.info; }
  const Caps& caps() const { return physical_.info.caps; }
  VkPipelineLayout pipeline_layout() const { return pipeline_layout_; }
  VkDescriptorSetLayout set_layout() const { return set_layout_; }
  int validation_messages() const { return instance_.validation_messages(); }

 private:
  void create_device();
  void create_layouts();
  void destroy();

  Instance instance_;
  PhysicalDevice physical_;
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  VkDescriptorSetLayout set_layout_ = VK_NULL_HANDLE;
  VkPipelineLayout pipeline_layout_ = VK_NULL_HANDLE;
};

}  // namespace diorama::vulkan
