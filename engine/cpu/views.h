// Tensors as the kernels of simd/ take them.
#pragma once

#include "cpu/simd/kernels.h"

namespace diorama::cpu {

inline int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
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
