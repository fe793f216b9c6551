// The processor as a device: plain memory, one OpenMP team, kernels chosen by instruction set at run time.
#pragma once

#include "cpu/isa.h"
#include "cpu/simd/kernels.h"
#include "tensor/device.h"

namespace diorama::cpu {

struct DeviceOptions {
  int threads = 0;        // 0: all processors this process may use
  Isa isa = Isa::avx512;  // at most; the machine may have less
};

class Device final : public diorama::Device {
 public:
  explicit Device(const DeviceOptions& options = {});

  DeviceKind kind() const override { return DeviceKind::cpu; }
  std::string description() const override;
  std::shared_ptr<Buffer> allocate(size_t bytes) override;
  void upload(const Tensor& to, const void* from) override;
  void download(const Tensor& from, void* to) override;
  void finish() override {}
  DType product_input(const Format& format) const override;
  void pack(Weight& weight, const ReadRows& rows) override;

  Isa isa() const { return isa_; }
  int threads() const { return threads_; }
  const Kernels& kernels() const { return *kernels_; }
  // Multiply-adds that all threads together do in about 50 ms, at least: the longest work without a poll.
  int64_t segment_work() const;
  // Memory of each thread for one op: `floats_each` at thread_scratch + thread * floats_each.
  float* thread_scratch(int64_t floats_each);

 private:
  int threads_;
  Isa isa_;
  const Kernels* kernels_;
  std::shared_ptr<Buffer> scratch_;
};

// A matrix as simd/kernels.h describes it.
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

inline const PackedMatrix& packed_matrix(const Weight& weight) {
  return static_cast<const PackedMatrix&>(*weight.packed);
}

inline Rows rows_of(const Tensor& tensor) {
  return tensor ? Rows{tensor.data<std::byte>(), tensor.row_stride(), tensor.dtype()} : Rows{};
}
inline MutableRows mutable_rows_of(const Tensor& tensor) {
  return {tensor.data<std::byte>(), tensor.row_stride(), tensor.dtype()};
}
// The same from a row and a column on.
inline Rows from_row(Rows rows, int64_t row, int64_t column = 0) {
  const int64_t bytes = (row * rows.stride + column) * static_cast<int64_t>(byte_size(rows.type));
  return {static_cast<const std::byte*>(rows.data) + bytes, rows.stride, rows.type};
}
inline MutableRows from_row(MutableRows rows, int64_t row, int64_t column = 0) {
  const int64_t bytes = (row * rows.stride + column) * static_cast<int64_t>(byte_size(rows.type));
  return {static_cast<std::byte*>(rows.data) + bytes, rows.stride, rows.type};
}
inline const float* floats_of(const Tensor& tensor) {
  return tensor ? tensor.data<float>() : nullptr;
}

}  // namespace diorama::cpu
