#include "tensor/stream.h"

namespace diorama {
namespace {

// Gives an arena range back when the last tensor that uses it goes.
class Lease {
 public:
  Lease(std::shared_ptr<Arena> arena, size_t offset) : arena_(std::move(arena)), offset_(offset) {}
  ~Lease() {
    try {
      arena_->free(offset_);
    } catch (...) {  // a range that is not given back is only not used again
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

 private:
  std::shared_ptr<Arena> arena_;
  size_t offset_;
};

}  // namespace

Stream::Stream(Device& device, Mode mode, size_t arena_bytes)
    : device_(&device), mode_(mode), arena_(std::make_shared<Arena>()) {
  if (mode == Mode::run && arena_bytes > 0) memory_ = device.allocate(arena_bytes);
}

Tensor Stream::make(const Shape& shape, DType type) {
  size_t bytes = 0;
  const auto rows = static_cast<size_t>(shape.num_rows());
  const auto row_bytes = static_cast<size_t>(dense_row_stride(type, shape.last())) * byte_size(type);
  if (__builtin_mul_overflow(rows, row_bytes, &bytes))
    fail(Fault::out_of_memory, "[tensor] {} {} has more bytes than any memory", shape.to_string(),
         name_of(type));
  const size_t offset = arena_->allocate(bytes);
  auto lease = std::make_shared<Lease>(arena_, offset);
  if (planning()) return {Allocation{nullptr, offset, std::move(lease)}, shape, type};
  if (memory_ != nullptr && offset + bytes <= memory_->byte_size)
    return {Allocation{memory_, offset, std::move(lease)}, shape, type};
  return {Allocation{device_->allocate(bytes), 0, std::move(lease)}, shape, type};
}

Tensor Stream::upload(const Shape& shape, std::span<const float> values) {
  require(static_cast<int64_t>(values.size()) == shape.num_elements() || planning(),
          "[upload] {} values for shape {}", values.size(), shape.to_string());
  Tensor tensor = make(shape, DType::f32);
  if (!planning()) device_->upload(tensor, values.data());
  return tensor;
}

Tensor Stream::upload(const Shape& shape, std::span<const int32_t> values) {
  require(static_cast<int64_t>(values.size()) == shape.num_elements() || planning(),
          "[upload] {} values for shape {}", values.size(), shape.to_string());
  Tensor tensor = make(shape, DType::i32);
  if (planning()) return tensor;
  device_->upload(tensor, values.data());
  tensor.remember_range(values);
  return tensor;
}

HostTensor Stream::download(const Tensor& tensor) {
  require(tensor.dtype() == DType::f32 && tensor.contiguous(), "[download] needs a contiguous f32 tensor");
  HostTensor host(tensor.shape());
  if (!planning()) device_->download(tensor, host.values.data());
  return host;
}

}  // namespace diorama
