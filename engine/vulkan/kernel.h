// A compiled shader and the constants it is specialised with: together they name a pipeline.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "kernel_ids.h"  // generated from shaders/CMakeLists.txt

namespace diorama::vulkan {

struct KernelCode {
  const char* name;
  std::span<const uint32_t> plain;      // SPIR-V without 16-bit storage
  std::span<const uint32_t> storage16;  // SPIR-V with it
};

const KernelCode& code_of(KernelId kernel);  // generated

struct PipelineKey {
  KernelId kernel;
  std::vector<uint32_t> constants;  // constant_id 0, 1, ...

  auto operator<=>(const PipelineKey&) const = default;
};

}  // namespace diorama::vulkan
