// Weights for measuring and for size models: plausible numbers, no checkpoint.
#pragma once

#include "nn/weights.h"
#include "tensor/host_tensor.h"

namespace diorama {

// Uniform with the spread that training keeps: 1 / sqrt(fan in) for matrices, 0.02 for modulation and final
// layers, 1 for norms. A pure function of name and index.
class RandomSource final : public nn::TensorSource {
 public:
  void check(const nn::TensorSpec&) const override {}
  void read_rows(const nn::TensorSpec& spec, int64_t first_row, int64_t num_rows, float* out) const override;
};

// Uniform in [-spread, spread).
HostTensor random_tensor(const Shape& shape, uint64_t seed, float spread);

}  // namespace diorama
