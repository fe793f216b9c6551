#include "tensor/tensor.h"

#include <algorithm>

namespace diorama {

size_t Tensor::byte_extent() const {
  if (num_elements() == 0) return 0;
  if (type_ == DType::q8) return static_cast<size_t>(num_rows() * row_stride_);
  return static_cast<size_t>((num_rows() - 1) * row_stride_ + shape_.last()) * diorama::byte_size(type_);
}

void Tensor::remember_range(std::span<const int32_t> values) {
  require(type_ == DType::i32, "[tensor] a range of {}", name_of(type_));
  range_ = Range{};
  if (values.empty()) return;
  const auto [least, greatest] = std::ranges::minmax(values);
  range_ = Range{least, greatest};
}

Tensor Tensor::columns(int64_t begin, int64_t count) const {
  require(type_ != DType::q8, "[tensor] columns of quantised rows");
  require(begin >= 0 && count >= 0 && begin + count <= shape_.last(), "[tensor] columns {} + {} of {}", begin,
          count, shape_.to_string());
  Tensor view = *this;
  view.shape_[-1] = count;
  view.allocation_.byte_offset += static_cast<size_t>(begin) * diorama::byte_size(type_);
  return view;
}

Tensor Tensor::slice(int64_t begin, int64_t count) const {
  require(shape_.rank() >= 2 || contiguous(), "[tensor] slice of a strided row");
  require(begin >= 0 && count >= 0 && begin + count <= shape_[0], "[tensor] slice {} + {} of {}", begin,
          count, shape_.to_string());
  const int64_t rows_each = shape_[0] == 0 ? 0 : num_rows() / shape_[0];
  const int64_t step = shape_.rank() >= 2 ? rows_each * row_stride_ : 1;
  Tensor view = *this;
  view.shape_[0] = count;
  if (shape_.rank() == 1) view.row_stride_ = count;
  view.allocation_.byte_offset += static_cast<size_t>(begin * step) * diorama::byte_size(type_);
  return view;
}

Tensor Tensor::reshape(const Shape& shape) const {
  require(shape.num_elements() == num_elements(), "[tensor] reshape {} to {}", shape_.to_string(),
          shape.to_string());
  require((contiguous() && type_ != DType::q8) || shape.last() == shape_.last(),
          "[tensor] reshape of a strided {}", shape_.to_string());
  Tensor view = *this;
  view.shape_ = shape;
  if (contiguous()) view.row_stride_ = dense_row_stride(type_, shape.last());
  return view;
}

}  // namespace diorama
