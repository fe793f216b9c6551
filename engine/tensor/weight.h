// Weights as a device holds them: packed once at load, opaque to everyone but that device.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tensor/tensor.h"

namespace diorama {

struct Format;  // formats/format.h

// The device's own layout of one weight.
class PackedWeight {
 public:
  virtual ~PackedWeight() = default;
  virtual size_t byte_size() const = 0;
};

// Where fp32 rows of a matrix [N, K] come from while packing (a file, a generator).
using ReadRows = std::function<void(int64_t first_row, int64_t num_rows, float* out)>;

// A linear layer's matrix [N, K] (y = W x + b), or a convolution's [O, kernel_h * kernel_w * I], whose K runs
// over (row of the kernel, column of the kernel, input channel), the channel fastest.
struct Weight {
  std::string name;
  const Format* format = nullptr;
  int64_t n = 0;
  int64_t k = 0;
  int64_t first_row = 0;  // of the packed matrix, where this is a view of some of its rows
  int kernel_h = 1;
  int kernel_w = 1;
  DType input = DType::f32;              // the type of x that the product wants
  Tensor bias;                           // [N] f32, or none
  std::shared_ptr<PackedWeight> packed;  // null in a plan

  // Rows [first, first + count) of a joined projection: the same packed memory. `first` is a multiple of
  // kRowGroup.
  static constexpr int64_t kRowGroup = 64;
  Weight rows(int64_t first, int64_t count) const;
};

}  // namespace diorama
