#include "vulkan/api.h"

namespace diorama::vulkan {

std::string describe(VkResult result) {
  switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      return "VK_ERROR_OUT_OF_HOST_MEMORY";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      return "VK_ERROR_OUT_OF_DEVICE_MEMORY";
    case VK_ERROR_INITIALIZATION_FAILED:
      return "VK_ERROR_INITIALIZATION_FAILED";
    case VK_ERROR_DEVICE_LOST:
      return "VK_ERROR_DEVICE_LOST";
    case VK_ERROR_LAYER_NOT_PRESENT:
      return "VK_ERROR_LAYER_NOT_PRESENT";
    case VK_ERROR_EXTENSION_NOT_PRESENT:
      return "VK_ERROR_EXTENSION_NOT_PRESENT";
    case VK_ERROR_FEATURE_NOT_PRESENT:
      return "VK_ERROR_FEATURE_NOT_PRESENT";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
      return "VK_ERROR_INCOMPATIBLE_DRIVER";
    case VK_ERROR_TOO_MANY_OBJECTS:
      return "VK_ERROR_TOO_MANY_OBJECTS";
    case VK_ERROR_UNKNOWN:
      return "VK_ERROR_UNKNOWN";
    default:
      return fmt::format("VkResult {}", static_cast<int>(result));
  }
}

void check(VkResult result, const char* call) {
  if (result >= 0) return;  // VK_SUCCESS and the informative codes
  switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      fail(Fault::out_of_memory, "[vulkan] {}: {}; choose a smaller picture or a lower precision", call,
           describe(result));
    case VK_ERROR_DEVICE_LOST:
      fail(Fault::device_lost, "[vulkan] {}: the device was lost; start again, or use --device cpu", call);
    case VK_ERROR_UNKNOWN:
    case VK_ERROR_INITIALIZATION_FAILED:
    case VK_ERROR_TOO_MANY_OBJECTS:
      fail(Fault::device_lost, "[vulkan] {}: {}, the driver gave up; start again, or use --device cpu", call,
           describe(result));
    default:
      fail(Fault::internal, "[vulkan] {}: {}", call, describe(result));
  }
}

void check_opening(VkResult result, const char* call) {
  if (result < 0)
    fail(Fault::unsupported_device,
         "[vulkan] {}: {}, the device cannot be opened; choose another, or use --device cpu", call,
         describe(result));
}

}  // namespace diorama::vulkan
