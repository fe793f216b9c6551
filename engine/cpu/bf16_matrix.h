// Weights for processors that multiply bf16 pairs (AVX512_BF16, AMX): oneDNN holds and multiplies them. Only
// devices of the set avx512 come here, so oneDNN never needs to be capped.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>

#include "cpu/device.h"

namespace diorama::cpu {

class Bf16Matrix final : public PackedWeight {
 public:
  Bf16Matrix(Device& device, const Weight& weight, const ReadRows& read_rows);
  ~Bf16Matrix() override;

  size_t byte_size() const override;
  // The rows that `view` names, in fp32.
  void unpack(const Weight& view, float* rows) const;
  // y = act(x W^T + bias) for all rows, W the rows of this matrix that `view` names; x in bf16, y in f32 or
  // bf16 without gaps, bias [N] or null.
  void multiply(const Device& device, const Weight& view, const void* x, int64_t x_stride, int64_t num_rows,
                const float* bias, Activation activation, void* y, DType y_type);

 private:
  struct Layout;
  struct Product;
  struct Case {
    int64_t first_column, n, num_rows, x_stride;
    bool bias;
    Activation activation;
    DType y_type;
    auto operator<=>(const Case&) const = default;
  };
  Product& product(const Case& c);

  std::unique_ptr<Layout> layout_;
  std::shared_ptr<Buffer> values_;
  std::map<Case, Product> products_;
};

// As it stands in a recipe: version and instructions.
std::string bf16_library();

}  // namespace diorama::cpu
