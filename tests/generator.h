// The numbers behind every golden value: weights and inputs as a pure integer function of their name, the
// same in tools/golden/generator.py, so that only results are stored.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/host_tensor.h"

namespace diorama::test {

// FNV-1a, 64 bit.
inline uint64_t seed_of(std::string_view name) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
  return hash;
}

// SplitMix64, the upper 24 bits: exact in fp32, in [-1, 1).
inline float value_at(uint64_t seed, uint64_t i) {
  uint64_t z = seed + (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (static_cast<float>(z >> 40) - 0x1p23f) * 0x1p-23f;
}

// A matrix is scaled by a power of two near fan_in^-1/2, a norm's weight lies around 1.
inline float weight_value(std::string_view name, const Shape& shape, uint64_t i) {
  const float u = value_at(seed_of(name), i);
  if (shape.rank() >= 2) {
    const auto fan_in = static_cast<uint64_t>(shape.num_elements() / shape[0]);
    return std::ldexp(u, -(static_cast<int>(std::bit_width(fan_in)) - 1) / 2);
  }
  constexpr std::array<std::string_view, 4> kNorms = {"norm.weight", "norm1.weight", "norm2.weight",
                                                      "norm_out.weight"};
  const bool is_norm = std::ranges::any_of(kNorms, [&](std::string_view end) { return name.ends_with(end); });
  return is_norm ? 1 + u / 4 : u / 8;
}

inline HostTensor weight(std::string_view name, const Shape& shape) {
  HostTensor tensor(shape);
  for (size_t i = 0; i < tensor.values.size(); ++i) tensor.values[i] = weight_value(name, shape, i);
  return tensor;
}

inline Shape shape_of(const nlohmann::json& extents) {
  return Shape(extents.get<std::vector<int64_t>>());
}

// An input from its description: explicit "values", integers below "max", or reals up to "amplitude".
inline HostTensor input(std::string_view case_name, std::string_view name,
                        const nlohmann::json& description) {
  HostTensor tensor(shape_of(description.at("shape")));
  if (description.contains("values")) {
    tensor.values = description["values"].get<std::vector<float>>();
    return tensor;
  }
  const uint64_t seed = seed_of(std::string(case_name) + "/" + std::string(name));
  for (size_t i = 0; i < tensor.values.size(); ++i) {
    const float u = value_at(seed, i);
    if (description.contains("max")) {
      const double max = description["max"].get<double>();
      tensor.values[i] = static_cast<float>(std::min(std::floor((u + 1.0) / 2 * max), max - 1));
    } else {
      tensor.values[i] = u * description.at("amplitude").get<float>();
    }
  }
  return tensor;
}

}  // namespace diorama::test
