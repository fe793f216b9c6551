#include "vulkan/call.h"

#include <algorithm>

namespace diorama::vulkan {

uint32_t Call::bind(const Tensor& tensor) {
  const size_t element = byte_size(tensor.dtype());
  if (element == 2 && !device_.caps().storage16)  // codes go by words
    fail(Fault::unsupported_device, "[vulkan] {} cannot store {}; choose --precision f32",
         device_.context().info().name, name_of(tensor.dtype()));
  return bind_bytes(buffer_of(tensor), tensor.byte_offset(), tensor.byte_extent()) /
         static_cast<uint32_t>(element);
}

// The range grows to the device's alignment on both sides; the arena's alignment keeps it inside the buffer.
uint32_t Call::bind_bytes(const Buffer& buffer, size_t offset, size_t bytes) {
  const size_t alignment = device_.caps().binding_alignment;
  const size_t begin = offset / alignment * alignment;
  const size_t end = (offset + bytes + 15) / 16 * 16;
  require(num_bindings_ < kMaxBindings, "[vulkan] too many bindings");
  const size_t most = device_.caps().max_binding_bytes;
  if (end - begin > most)
    fail(Fault::out_of_memory,
         "[vulkan] a tensor of {} MiB; {} binds {} MiB at once: choose a smaller picture",
         (end - begin) >> 20, device_.context().info().name, most >> 20);
  bindings_[num_bindings_++] = {&buffer, begin, end - begin};
  return static_cast<uint32_t>(offset - begin);
}

uint32_t Call::bind_optional(const Tensor& tensor) {
  if (tensor) return bind(tensor);
  bindings_[num_bindings_++] = bindings_[0];
  return 0;
}

void Call::run_bytes(std::span<const std::byte> params, std::array<int64_t, 3> groups, Work work,
                     double units) {
  Dispatch dispatch{pipeline_, std::span(bindings_.data(), num_bindings_), params};
  for (size_t i = 0; i < 3; ++i) {
    require(groups[i] <= device_.caps().max_groups[i], "[vulkan] {} groups", groups[i]);
    if (groups[i] == 0) return;
    dispatch.groups[i] = static_cast<uint32_t>(groups[i]);
  }
  dispatch.work = work;
  dispatch.units = units;
  device_.recorder().dispatch(dispatch);
}

int64_t rows_per_band(const Device& device, int64_t rows, Work work, double units_per_row, size_t row_bytes,
                      int64_t multiple) {
  const Caps& caps = device.caps();
  const auto bytes = static_cast<int64_t>(caps.max_binding_bytes - caps.binding_alignment - 16);
  const int64_t by_bytes = bytes / std::max<int64_t>(1, static_cast<int64_t>(row_bytes));
  const int64_t by_time = device.recorder().costs().parts_per_segment(work, units_per_row);
  const int64_t by_groups = static_cast<int64_t>(std::min({caps.max_groups[0], caps.max_groups[1], 65535u}));
  const int64_t most = std::min({by_bytes, by_time, by_groups});
  require(by_bytes > 0, "[vulkan] a row of {} bytes exceeds a binding", row_bytes);
  if (most >= rows) return std::max<int64_t>(rows, 1);
  return std::max(multiple, most / multiple * multiple);
}

}  // namespace diorama::vulkan
