// What all kernels share: one pipeline layout of storage buffers and push constants.
#pragma once

#include <cstdint>

#include "tensor/arena.h"

namespace diorama::vulkan {

constexpr uint32_t kMaxBindings = 6;          // storage buffers of a kernel
constexpr uint32_t kMaxParameterBytes = 128;  // push constants; every device has as many

}  // namespace diorama::vulkan
