// Ways to run the ops that tests ask for by name (DeviceOptions::variants; shaders/README.md).
#pragma once

#include <string>
#include <vector>

namespace diorama::vulkan {

// Variants that do not exclude one another; together the sets cover every variant.
struct VariantSet {
  std::string name;
  std::vector<std::string> variants;
};

inline std::vector<VariantSet> variant_sets() {
  return {{"lanes", {"linear_lanes_16", "attention_lanes", "norm_subgroups"}},
          {"few_lanes", {"linear_lanes_4"}},
          {"tiled_32", {"linear_tiled_32x32x16", "attention_tiled", "norm_shared"}},
          {"tiled_64", {"linear_vector", "linear_tiled_64x64x16"}},
          {"tiled_128", {"linear_tiled_128x128x16"}}};
}

}  // namespace diorama::vulkan
