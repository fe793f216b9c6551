#include "vulkan/packed_matrix.h"

#include <algorithm>
#include <cstring>

#include "base/half.h"
#include "formats/encoded_rows.h"
#include "formats/w4a8.h"

namespace diorama::vulkan {
namespace {

size_t panel_bytes(const Format& format, int64_t k) {
  if (!format.integer()) return format.row_bytes(k * kPanelColumns);
  const auto padded = static_cast<size_t>(padded_codes(k));
  const w4a8::Layout layout(k);
  if (&format == &w4a8::kFormat)
    return kPanelColumns * (padded / 2 + sizeof(float) + static_cast<size_t>(layout.num_groups) * 2);
  return kPanelColumns * (padded + sizeof(float));
}

void pack_floats(const Weight& weight, const ReadRows& rows, int64_t first_row, std::byte* out) {
  const int64_t count = std::min(kPanelColumns, weight.n - first_row);
  std::vector<float> matrix(static_cast<size_t>(count * weight.k));
  rows(first_row, count, matrix.data());
  std::vector<float> panel(static_cast<size_t>(kPanelColumns * weight.k), 0.0f);
  for (int64_t n = 0; n < count; ++n)
    for (int64_t k = 0; k < weight.k; ++k)
      panel[static_cast<size_t>(k * kPanelColumns + n)] = matrix[static_cast<size_t>(n * weight.k + k)];
  weight.format->encode_row(panel.data(), kPanelColumns * weight.k, out);
}

// One row as column `n` of a panel that begins as zeros.
void pack_levels(const Weight& weight, const std::byte* row, int64_t n, std::byte* out) {
  const int64_t padded = padded_codes(weight.k);
  std::vector<int8_t> levels(static_cast<size_t>(padded), 0);
  const float scale = weight.format->decode_levels(row, weight.k, levels.data());
  for (int64_t k = 0; k < padded; k += 4)
    std::memcpy(out + (k / 4 * kPanelColumns + n) * 4, levels.data() + k, 4);
  std::memcpy(out + (padded / 4 * kPanelColumns + n) * 4, &scale, sizeof scale);
}

void pack_codes(const Weight& weight, const std::byte* row, int64_t n, std::byte* out) {
  const w4a8::Layout layout(weight.k);
  const w4a8::Row codes = w4a8::view(row, layout);
  const int64_t words = padded_codes(weight.k) / 8;
  for (int64_t word = 0; word < words; ++word)
    std::memcpy(out + (word * kPanelColumns + n) * 4, codes.codes + 4 * word, 4);
  std::byte* scales = out + words * kPanelColumns * 4;
  std::memcpy(scales + n * 4, &codes.scale, sizeof codes.scale);
  for (int64_t group = 0; group < layout.num_groups; ++group) {
    const uint16_t bits = f32_to_f16(codes.group_scale(group));
    std::memcpy(scales + kPanelColumns * 4 + (group * kPanelColumns + n) * 2, &bits, sizeof bits);
  }
}

void pack_integers(const Weight& weight, const RowReader& reader, int64_t first_row, std::byte* out) {
  const int64_t count = std::min(kPanelColumns, weight.n - first_row);
  const size_t row_bytes = weight.format->row_bytes(weight.k);
  std::vector<std::byte> rows(static_cast<size_t>(count) * row_bytes);
  EncodedRows source(weight, reader, kPanelColumns);
  source.read(first_row, count);
  source.encode(0, count, rows.data());
  source.check(first_row, count, rows.data());
  std::memset(out, 0, panel_bytes(*weight.format, weight.k));
  const auto pack = weight.format == &w4a8::kFormat ? pack_codes : pack_levels;
  for (int64_t n = 0; n < count; ++n) pack(weight, rows.data() + static_cast<size_t>(n) * row_bytes, n, out);
}

float level_of(const Weight& weight, const std::byte* panel, int64_t n, int64_t k) {
  const int64_t padded = padded_codes(weight.k);
  if (weight.format != &w4a8::kFormat)
    return static_cast<float>(static_cast<int8_t>(panel[(k / 4 * kPanelColumns + n) * 4 + k % 4]));
  const std::byte codes = panel[(k / 8 * kPanelColumns + n) * 4 + k % 8 / 2];
  const int q = static_cast<int>(codes >> (k % 2 * 4) & std::byte{15}) - 8;
  const std::byte* scales = panel + (padded / 2 + static_cast<int64_t>(sizeof(float))) * kPanelColumns;
  uint16_t bits = 0;
  std::memcpy(&bits, scales + (k / w4a8::Layout(weight.k).group * kPanelColumns + n) * 2, sizeof bits);
  return static_cast<float>(w4a8::level(f16_to_f32(bits), q));
}

void unpack_integers(const Weight& weight, const std::byte* panel, int64_t count, float* rows) {
  const int64_t padded = padded_codes(weight.k);
  const std::byte* scales = panel + (weight.format == &w4a8::kFormat ? padded / 2 : padded) * kPanelColumns;
  for (int64_t n = 0; n < count; ++n) {
    float scale = 0;
    std::memcpy(&scale, scales + n * 4, sizeof scale);
    for (int64_t k = 0; k < weight.k; ++k) rows[n * weight.k + k] = scale * level_of(weight, panel, n, k);
  }
}

}  // namespace

size_t packed_bytes(const Format& format, int64_t n, int64_t k) {
  const int64_t panels = (n + kPanelColumns - 1) / kPanelColumns;
  return static_cast<size_t>(panels) * panel_bytes(format, k);
}

void pack_panel(const Weight& weight, const RowReader& reader, int64_t first_row, std::byte* out) {
  if (weight.format->integer())
    pack_integers(weight, reader, first_row, out);
  else
    pack_floats(weight, reader.values, first_row, out);
}

void unpack_panel(const Weight& weight, const std::byte* panel, int64_t first_row, float* rows) {
  const int64_t count = std::min(kPanelColumns, weight.n - first_row);
  if (weight.format->integer()) return unpack_integers(weight, panel, count, rows);
  std::vector<float> columns(static_cast<size_t>(kPanelColumns * weight.k));
  weight.format->decode_row(panel, kPanelColumns * weight.k, columns.data());
  for (int64_t n = 0; n < count; ++n)
    for (int64_t k = 0; k < weight.k; ++k)
      rows[n * weight.k + k] = columns[static_cast<size_t>(k * kPanelColumns + n)];
}

}  // namespace diorama::vulkan
