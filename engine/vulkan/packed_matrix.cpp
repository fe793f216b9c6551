#include "vulkan/packed_matrix.h"

#include <algorithm>

namespace diorama::vulkan {

size_t packed_bytes(const Format& format, int64_t n, int64_t k) {
  const int64_t panels = (n + kPanelColumns - 1) / kPanelColumns;
  return static_cast<size_t>(panels) * format.row_bytes(k * kPanelColumns);
}

void pack_panel(const Weight& weight, const ReadRows& rows, int64_t first_row, std::byte* out) {
  const int64_t count = std::min(kPanelColumns, weight.n - first_row);
  std::vector<float> matrix(static_cast<size_t>(count * weight.k));
  rows(first_row, count, matrix.data());
  std::vector<float> panel(static_cast<size_t>(kPanelColumns * weight.k), 0.0f);
  for (int64_t n = 0; n < count; ++n)
    for (int64_t k = 0; k < weight.k; ++k)
      panel[static_cast<size_t>(k * kPanelColumns + n)] = matrix[static_cast<size_t>(n * weight.k + k)];
  weight.format->encode_row(panel.data(), kPanelColumns * weight.k, out);
}

}  // namespace diorama::vulkan
