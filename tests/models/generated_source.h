#pragma once

#include "generator.h"
#include "nn/weights.h"

namespace diorama::test {

// The weights that tests/generator.h defines for every name and shape.
class GeneratedSource final : public nn::TensorSource {
 public:
  void check(const nn::TensorSpec&) const override {}
  void read_rows(const nn::TensorSpec& spec, int64_t first_row, int64_t num_rows, float* out) const override {
    const int64_t row = spec.shape.num_elements() / spec.shape[0];
    for (int64_t i = 0; i < num_rows * row; ++i)
      out[i] = weight_value(spec.name, spec.shape, static_cast<uint64_t>(first_row * row + i));
  }
};

}  // namespace diorama::test
