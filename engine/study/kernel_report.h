// What a driver's compiler makes of the GPU kernels; nothing runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vulkan/inner_loop.h"

namespace diorama {

struct KernelReport {
  std::string name;
  double registers = 0;  // of a vector lane
  double spills = 0;
  double shared_bytes = 0;
  double waves = 0;               // that fit at once
  double inverse_throughput = 0;  // as the driver estimates it
  vulkan::InstructionMix innermost;
  std::string assembly;
};

// Kernels whose name holds `filter`, on a device of `diorama devices` (-1: the best).
// Fault::unsupported_device where the driver tells nothing.
std::vector<KernelReport> report_kernels(int device, std::string_view filter);

}  // namespace diorama
