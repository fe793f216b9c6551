// Private to engine/vulkan: the Vulkan API, loaded at run time, and its errors.
#pragma once

#include <volk.h>

#include <string>
#include <type_traits>
#include <vector>

#include "base/error.h"

namespace diorama::vulkan {

std::string describe(VkResult result);

// Throws out_of_memory, device_lost or internal, naming the call.
void check(VkResult result, const char* call);
// For what is made while a device is opened: whatever fails there, no work can be done on that device.
// Throws unsupported_device.
void check_opening(VkResult result, const char* call);

// The two-call idiom: how many, then which. What a driver cannot list it does not have.
template <typename T, typename Enumerate>
std::vector<T> enumerate(Enumerate&& call, const T& prototype = {}) {
  const auto fails = [&call](uint32_t* count, T* items) {
    if constexpr (std::is_void_v<decltype(call(count, items))>) {
      call(count, items);
      return false;
    } else {
      return call(count, items) < 0;
    }
  };
  uint32_t count = 0;
  if (fails(&count, nullptr)) return {};
  std::vector<T> items(count, prototype);
  if (fails(&count, items.data())) return {};
  items.resize(count);
  return items;
}

}  // namespace diorama::vulkan
