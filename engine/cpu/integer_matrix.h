// Integer weights as the kernels of simd/ read them.
#pragma once

#include "cpu/device.h"

namespace diorama::cpu {

// Panels of columns (simd/kernels.h) of levels, or of 4-bit codes with their group scales.
class IntegerMatrix final : public PackedWeight {
 public:
  // Quantises rows that the source does not have in the weight's format.
  IntegerMatrix(Device& device, const Weight& weight, const RowReader& rows);

  size_t byte_size() const override { return memory_->byte_size; }
  // The rows that `view` names, in fp32.
  void unpack(Device& device, const Weight& view, float* rows) const;
  // Weights, scales and sizes of a view of `n` columns.
  IntegerTask task(int64_t first_row, int64_t n) const;

 private:
  void pack_strip(const Weight& weight, const std::byte* rows, int64_t strip, int level_offset);

  int level(int64_t row, int64_t k, int level_offset) const;

  bool four_bits_;
  int64_t k_;  // padded
  int64_t group_;
  int64_t num_columns_;             // padded
  std::shared_ptr<Buffer> memory_;  // codes, row scales, group scales
  std::byte* codes_ = nullptr;
  float* row_scales_ = nullptr;
  uint16_t* group_scales_ = nullptr;
};

}  // namespace diorama::cpu
