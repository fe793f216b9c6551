// Rows of floats to rows of 8-bit codes.
#pragma once

#include "cpu/device.h"

namespace diorama::cpu {

QuantiseTask quantise_task(const Conditioning& conditioning, int64_t width, float* scratch);

// y: codes of act(values), row by row; overwrites `values`.
void quantise_rows(Device& device, const Conditioning& conditioning, Activation activation, float* values,
                   int64_t num_rows, int64_t width, std::byte* y, int64_t y_stride);

// Where a thread keeps a row in fp32 before it is quantised.
class RowBuffers {
 public:
  RowBuffers(Device& device, int64_t width);
  float* mine() const;

 private:
  float* memory_;
  int64_t stride_;
};

}  // namespace diorama::cpu
