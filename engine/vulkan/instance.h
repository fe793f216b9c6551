// Private: the process's connection to the Vulkan loader.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "vulkan/api.h"

namespace diorama::vulkan {

// Whether the Khronos validation layer is installed.
bool has_validation_layer();

class Instance {
 public:
  // Throws Fault::unsupported_device where there is no loader, no Vulkan 1.3 or no validation layer.
  explicit Instance(bool validate);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  VkInstance handle() const { return instance_; }
  std::vector<VkPhysicalDevice> physical_devices() const;
  // Warnings and errors of the validation layer so far.
  int validation_messages() const { return messages_; }

 private:
  static VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                   VkDebugUtilsMessageTypeFlagsEXT types,
                                                   const VkDebugUtilsMessengerCallbackDataEXT* data,
                                                   void* self);
  void listen();

  VkInstance instance_ = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  PFN_vkDestroyDebugUtilsMessengerEXT destroy_messenger_ =
      nullptr;  // the global one may be of another instance
  std::atomic<int> messages_{0};
};

}  // namespace diorama::vulkan
