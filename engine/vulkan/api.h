// Private to engine/vulkan: the Vulkan API, loaded at run time, and its errors.
#pragma once

#include <volk.h>

#include <string>
#include <vector>

#include "base/error.h"

namespace diorama::vulkan {

std::string describe(VkResult result);

// Throws out_of_memory, device_lost or internal, naming the call.
void check(VkResult result, const char* call);

// The two-call idiom: how many, then which.
template <typename T, typename Enumerate>
std::vector<T> enumerate(Enumerate&& call, const T& prototype = {}) {
  uint32_t count = 0;
  call(&count, static_cast<T*>(nullptr));
  std::vector<T> items(count, prototype);
  call(&count, items.data());
  items.resize(count);
  return items;
}

}  // namespace diorama::vulkan
