#include "study/random_source.h"

#include <cmath>
#include <string_view>

#include "base/hash.h"

namespace diorama {
namespace {

// SplitMix64 (Steele et al. 2014), upper 24 bits as a number in [-1, 1).
float uniform(uint64_t seed, uint64_t i) {
  uint64_t z = seed + (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return static_cast<float>(static_cast<int32_t>(z >> 40) - (1 << 23)) * 0x1p-23f;
}

uint64_t seed_of(std::string_view name) {
  Hash64 hash;
  hash.add(name);
  return hash.value();
}

float spread_of(const nn::TensorSpec& spec) {
  if (spec.shape.rank() < 2) return 0.02f;
  const bool adaptive =
      spec.name.find("norm1.linear") != std::string::npos || spec.name.starts_with("proj_out");
  const auto fan_in = static_cast<float>(spec.shape.num_elements() / spec.shape[0]);
  return std::sqrt(3.0f) * (adaptive ? 0.02f : 1.0f / std::sqrt(fan_in));
}

}  // namespace

void RandomSource::read_rows(const nn::TensorSpec& spec, int64_t first_row, int64_t num_rows,
                             float* out) const {
  const int64_t row = spec.shape.num_elements() / spec.shape[0];
  const uint64_t seed = seed_of(spec.name);
  const float spread = spread_of(spec);
  const float centre = spec.name.ends_with("norm.weight") || spec.name.ends_with("norm1.weight") ||
                               spec.name.ends_with("norm2.weight") || spec.name.ends_with("norm_out.weight")
                           ? 1.0f
                           : 0.0f;
  const auto first = static_cast<uint64_t>(first_row * row);
  for (int64_t i = 0; i < num_rows * row; ++i)
    out[i] = centre + spread * uniform(seed, first + static_cast<uint64_t>(i));
}

HostTensor random_tensor(const Shape& shape, uint64_t seed, float spread) {
  HostTensor tensor(shape);
  for (size_t i = 0; i < tensor.values.size(); ++i) tensor.values[i] = spread * uniform(seed, i);
  return tensor;
}

}  // namespace diorama
