// Ways to run the ops, for tests: by name (DeviceOptions::variants; shaders/README.md), or compiled without
// running.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vulkan/devices.h"

namespace diorama::vulkan {

// Variants that do not exclude one another; together the sets cover every variant.
struct VariantSet {
  std::string name;
  std::vector<std::string> variants;
};
std::vector<VariantSet> variant_sets();

// What the driver's compiler says of a pipeline: registers, spills, shared memory, latency...
struct PipelineReport {
  std::string name;
  std::vector<std::pair<std::string, double>> statistics;
  std::string assembly;  // empty where the driver shows none
};
// Compiles every kernel as GPUs run it, in the types that matter; nothing runs. Fault::unsupported_device
// where the driver tells nothing.
std::vector<PipelineReport> compile_gpu_pipelines(const DeviceOptions& options);

}  // namespace diorama::vulkan
