// What a Vulkan device can do, as far as the engine uses it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace diorama::vulkan {

enum class DeviceType { other, integrated, discrete, virtual_gpu, cpu };

constexpr const char* name_of(DeviceType type) {
  constexpr const char* kNames[] = {"other", "integrated", "discrete", "virtual", "cpu"};
  return kNames[static_cast<size_t>(type)];
}

struct Caps {
  DeviceType type = DeviceType::other;
  uint32_t subgroup_size = 1;
  bool subgroup_shuffle = false;  // in compute shaders
  bool subgroup_arithmetic = false;
  bool storage16 = false;         // 16-bit activations
  bool dot_product = false;       // of packed bytes, in shaders
  bool dot_product_fast = false;  // as an instruction of its own
  bool push_descriptors = false;
  bool pipeline_statistics = false;
  bool host_visible = false;  // device memory is mapped: no staging copies
  double timestamp_ns = 0;    // of one tick; 0: no timestamps
  size_t max_binding_bytes = 0;
  size_t max_allocation_bytes = 0;
  size_t binding_alignment = 256;  // bytes
  uint32_t shared_bytes = 0;       // memory of a workgroup
  uint32_t max_invocations = 0;    // of a workgroup
  uint32_t max_groups[3] = {};

  bool is_cpu() const { return type == DeviceType::cpu; }
};

}  // namespace diorama::vulkan
