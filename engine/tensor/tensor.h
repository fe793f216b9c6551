// A view of device memory. Copies share the memory; the last one gives it back. Tensors are dense but for an
// optional stride between rows (a row is the last dimension), so that columns of a joined projection are
// views.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace diorama {

// A piece of device memory. `host` is set where the CPU can address it (the cpu device).
class Buffer {
 public:
  virtual ~Buffer() = default;
  std::byte* host = nullptr;
  size_t byte_size = 0;
};

// What a tensor holds on to: a range of a buffer. In a plan the buffer is null.
struct Allocation {
  std::shared_ptr<Buffer> buffer;
  size_t byte_offset = 0;
  std::shared_ptr<void> lease;  // gives an arena range back when the last tensor goes
};

class Tensor {
 public:
  Tensor() = default;
  Tensor(Allocation allocation, const Shape& shape, DType type)
      : allocation_(std::move(allocation)),
        shape_(shape),
        type_(type),
        row_stride_(dense_row_stride(type, shape.last())),
        set_(true) {}

  explicit operator bool() const { return set_; }
  const Shape& shape() const { return shape_; }
  int64_t dim(int i) const { return shape_[i]; }
  DType dtype() const { return type_; }
  int64_t num_rows() const { return shape_.num_rows(); }
  int64_t num_elements() const { return shape_.num_elements(); }
  // Elements from the beginning of a row to that of the next.
  int64_t row_stride() const { return row_stride_; }
  bool contiguous() const { return row_stride_ == dense_row_stride(type_, shape_.last()) || num_rows() == 1; }

  Buffer* buffer() const { return allocation_.buffer.get(); }
  size_t byte_offset() const { return allocation_.byte_offset; }
  // Bytes from the first element to the end of the last.
  size_t byte_extent() const;

  // The least and the greatest of the numbers that an i32 tensor was given; its views keep them. Nothing is
  // known of one that was never told.
  struct Range {
    int32_t least = 0;
    int32_t greatest = 0;
  };
  void remember_range(std::span<const int32_t> values);
  const std::optional<Range>& range() const { return range_; }

  // cpu device only.
  template <typename T>
  T* data() const {
    return reinterpret_cast<T*>(allocation_.buffer->host + allocation_.byte_offset);
  }

  // Views. [.., D] -> [.., count]
  Tensor columns(int64_t begin, int64_t count) const;
  // Along the first dimension.
  Tensor slice(int64_t begin, int64_t count) const;
  // Same elements, other extents; contiguous tensors only (or the last dimension unchanged).
  Tensor reshape(const Shape& shape) const;

 private:
  Allocation allocation_;
  Shape shape_;
  DType type_ = DType::f32;
  int64_t row_stride_ = 0;
  bool set_ = false;
  std::optional<Range> range_;
};

}  // namespace diorama
