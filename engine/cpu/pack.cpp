#include <cstring>
#include <vector>

#include "cpu/device.h"
#include "formats/format.h"

namespace diorama::cpu {
namespace {

DType held_type(const Format& format) {
  if (&format == &format_f32()) return DType::f32;
  if (&format == &format_f16()) return DType::f16;
  if (&format == &format_bf16()) return DType::bf16;
  fail(Fault::unsupported_device, "[cpu] weights in {} are not supported; choose another --precision",
       format.name);
}

// Rows [n, n + count) of the matrix, encoded and side by side, become a panel [K][64].
template <typename T>
void fill_panel(const std::byte* rows, int64_t count, int64_t k, T* panel) {
  const T* values = reinterpret_cast<const T*>(rows);
  for (int64_t i = 0; i < k; ++i) {
    for (int64_t n = 0; n < count; ++n) panel[i * kPanel + n] = values[n * k + i];
    for (int64_t n = count; n < kPanel; ++n) panel[i * kPanel + n] = T{0};
  }
}

}  // namespace

DType Device::product_input(const Format&) const {
  return DType::f32;
}

void Device::pack(Weight& weight, const ReadRows& read_rows) {
  const Format& format = *weight.format;
  const DType type = held_type(format);
  const int64_t num_panels = (weight.n + kPanel - 1) / kPanel;
  const size_t panel_bytes = static_cast<size_t>(weight.k * kPanel) * byte_size(type);
  auto values = allocate(static_cast<size_t>(num_panels) * panel_bytes);

  const int64_t panels_at_once = 2 * threads_;
  const size_t row_bytes = format.row_bytes(weight.k);
  std::vector<float> rows(static_cast<size_t>(panels_at_once * kPanel * weight.k));
  std::vector<std::byte> encoded(static_cast<size_t>(panels_at_once * kPanel) * row_bytes);
  for (int64_t first = 0; first < num_panels; first += panels_at_once) {
    const int64_t begin = first * kPanel;
    read_rows(begin, std::min(panels_at_once * kPanel, weight.n - begin), rows.data());
#pragma omp parallel for num_threads(threads_)
    for (int64_t panel = first; panel < std::min(first + panels_at_once, num_panels); ++panel) {
      const int64_t row = (panel - first) * kPanel;
      const int64_t count = std::min(kPanel, weight.n - panel * kPanel);
      for (int64_t n = row; n < row + count; ++n)
        format.encode_row(rows.data() + n * weight.k, weight.k,
                          encoded.data() + static_cast<size_t>(n) * row_bytes);
      const std::byte* source = encoded.data() + static_cast<size_t>(row) * row_bytes;
      std::byte* target = values->host + static_cast<size_t>(panel) * panel_bytes;
      if (type == DType::f32)
        fill_panel(source, count, weight.k, reinterpret_cast<float*>(target));
      else
        fill_panel(source, count, weight.k, reinterpret_cast<uint16_t*>(target));
    }
  }
  weight.packed = std::make_shared<PackedMatrix>(std::move(values), type);
}

}  // namespace diorama::cpu
