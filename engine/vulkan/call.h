// Private: puts one dispatch together, and cuts rows into bands that a dispatch may take.
#pragma once

#include <array>
#include <initializer_list>

#include "vulkan/device.h"
#include "vulkan/recorder.h"

namespace diorama::vulkan {

class Call {
 public:
  Call(Device& device, PipelineKey pipeline) : device_(device), pipeline_(std::move(pipeline)) {}

  // Binds the tensor to the next slot. Returns its first element's index within the binding.
  uint32_t bind(const Tensor& tensor);
  uint32_t bind_bytes(const Buffer& buffer, size_t offset, size_t bytes);
  // Where a tensor is missing, the slot shows the first one again; the kernel does not look.
  uint32_t bind_optional(const Tensor& tensor);

  template <typename Params>
  void run(const Params& params, std::array<int64_t, 3> groups, Work work, double units) {
    static_assert(sizeof params <= kMaxParameterBytes);
    run_bytes(std::as_bytes(std::span(&params, 1)), groups, work, units);
  }

 private:
  void run_bytes(std::span<const std::byte> params, std::array<int64_t, 3> groups, Work work, double units);

  Device& device_;
  PipelineKey pipeline_;
  std::array<Binding, kMaxBindings> bindings_;
  size_t num_bindings_ = 0;
};

// Rows for one dispatch: within a binding, within the limit of groups, about one segment of work; a multiple
// of `multiple` (or all). `row_bytes` are those of the widest tensor.
int64_t rows_per_band(const Device& device, int64_t rows, Work work, double units_per_row, size_t row_bytes,
                      int64_t multiple = 1);

// Calls body(first, count) for each band.
template <typename Body>
void for_each_band(int64_t rows, int64_t band, Body&& body) {
  for (int64_t first = 0; first < rows; first += band) body(first, std::min(band, rows - first));
}

// [.., D] as [rows, D].
inline Tensor as_matrix(const Tensor& tensor) {
  return tensor.reshape({tensor.num_rows(), tensor.shape().last()});
}
inline size_t row_bytes(const Tensor& tensor) {
  return static_cast<size_t>(tensor.row_stride()) * byte_size(tensor.dtype());
}
// How a kernel knows the type of a tensor (shaders/include/tensor.glsl).
constexpr uint32_t type_id(DType type) {
  return static_cast<uint32_t>(type);
}
inline uint32_t type_id(const Tensor& tensor) {
  return type_id(tensor.dtype());
}
inline uint32_t has(const Tensor& tensor) {
  return tensor ? 1 : 0;
}
constexpr int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

}  // namespace diorama::vulkan
