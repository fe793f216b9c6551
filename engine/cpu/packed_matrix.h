// Weights as the kernels of simd/ read them.
#pragma once

#include "cpu/device.h"

namespace diorama::cpu {

// Panels of columns (simd/kernels.h), in fp32, f16 or bf16.
class PackedMatrix final : public PackedWeight {
 public:
  PackedMatrix(std::shared_ptr<Buffer> values, DType type) : values_(std::move(values)), type_(type) {}
  size_t byte_size() const override { return values_->byte_size; }
  const void* values() const { return values_->host; }
  DType type() const { return type_; }

 private:
  std::shared_ptr<Buffer> values_;
  DType type_;
};

}  // namespace diorama::cpu
