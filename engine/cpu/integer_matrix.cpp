#include "cpu/integer_matrix.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/half.h"
#include "cpu/views.h"
#include "formats/encoded_rows.h"
#include "formats/w4a8.h"

namespace diorama::cpu {
namespace {

// Levels of up to 16 rows into their columns of a panel, [k / 4][64][4].
void pack_levels(const Weight& weight, const std::byte* rows, int64_t count, int level_offset,
                 std::byte* to) {
  const int64_t padded = padded_codes(weight.k);
  std::vector<int8_t> levels(static_cast<size_t>(padded), 0);
  for (int64_t k = 0; k < padded; k += 4) std::memset(to + k * kPanel, level_offset, 4 * kStrip);
  for (int64_t n = 0; n < count; ++n) {
    weight.format->decode_levels(rows + n * static_cast<int64_t>(weight.format->row_bytes(weight.k)),
                                 weight.k, levels.data());
    for (int64_t k = 0; k < padded; ++k)
      to[(k / 4 * kPanel + n) * 4 + k % 4] =
          static_cast<std::byte>(levels[static_cast<size_t>(k)] + level_offset);
  }
}

// Codes of up to 16 rows into their strip of a panel: of every 32 K [4][4][16 bytes].
void pack_codes(const Weight& weight, const std::byte* rows, int64_t count, std::byte* to) {
  const w4a8::Layout layout(weight.k);
  const int64_t padded = padded_codes(weight.k);
  for (int64_t k = 0; k < padded; k += 32) std::memset(to + k * kPanel / 2, 0x88, 16 * kStrip);
  for (int64_t n = 0; n < count; ++n) {
    const auto row = w4a8::view(rows + n * static_cast<int64_t>(weight.format->row_bytes(weight.k)), layout);
    const int64_t place = (n % 4 * 4 + n / 4) * 16;
    for (int64_t k = 0; k < padded; k += 32)
      for (int64_t j = 0; j < 16; ++j)
        to[k * kPanel / 2 + place + j] =
            static_cast<std::byte>((row.q(k + j) + 8) | (row.q(k + 16 + j) + 8) << 4);
  }
}

}  // namespace

IntegerMatrix::IntegerMatrix(Device& device, const Weight& weight, const RowReader& reader)
    : four_bits_(weight.format == &w4a8::kFormat),
      k_(padded_codes(weight.k)),
      group_(w4a8::Layout(weight.k).group),
      num_columns_(divide_up(weight.n, kPanel) * kPanel) {
  const auto codes_bytes = static_cast<size_t>(num_columns_ * (four_bits_ ? k_ / 2 : k_));
  const auto scales_bytes = static_cast<size_t>(num_columns_) * sizeof(float);
  const size_t groups_bytes = four_bits_ ? static_cast<size_t>(num_columns_ * (k_ / group_)) * 2 : 0;
  memory_ = device.allocate(codes_bytes + scales_bytes + groups_bytes);
  codes_ = memory_->host;
  row_scales_ = reinterpret_cast<float*>(codes_ + codes_bytes);
  if (four_bits_) group_scales_ = reinterpret_cast<uint16_t*>(codes_ + codes_bytes + scales_bytes);

  const int offset = device.kernels().level_offset;
  const int64_t rows_at_once = kPanel * device.threads();
  const size_t row_bytes = weight.format->row_bytes(weight.k);
  std::vector<std::byte> rows(static_cast<size_t>(rows_at_once) * row_bytes);
  EncodedRows source(weight, reader, rows_at_once);
  for (int64_t begin = 0; begin < num_columns_; begin += rows_at_once) {
    const int64_t count = std::min(rows_at_once, weight.n - begin);
    source.read(begin, count);
#pragma omp parallel for schedule(dynamic) num_threads(device.threads())
    for (int64_t first = 0; first < std::min(rows_at_once, num_columns_ - begin); first += kStrip) {
      if (first < count) source.encode(first, std::min(kStrip, count - first), rows.data());
      pack_strip(weight, rows.data() + static_cast<size_t>(first) * row_bytes, (begin + first) / kStrip,
                 offset);
    }
    source.check(begin, count, rows.data());
  }
}

void IntegerMatrix::pack_strip(const Weight& weight, const std::byte* rows, int64_t strip, int level_offset) {
  const int64_t count = std::clamp<int64_t>(weight.n - strip * kStrip, 0, kStrip);
  const int64_t panel = strip * kStrip / kPanel;
  const int64_t column = strip * kStrip % kPanel;
  const size_t row_bytes = weight.format->row_bytes(weight.k);
  float* row_scales = row_scales_ + strip * kStrip;
  std::fill_n(row_scales, kStrip, 0.0f);
  for (int64_t n = 0; n < count; ++n)
    std::memcpy(row_scales + n, rows + static_cast<size_t>(n + 1) * row_bytes - sizeof(float), sizeof(float));
  if (!four_bits_)
    return pack_levels(weight, rows, count, level_offset, codes_ + panel * kPanel * k_ + column * 4);
  pack_codes(weight, rows, count, codes_ + panel * kPanel * k_ / 2 + column * 16);
  const w4a8::Layout layout(weight.k);
  uint16_t* scales = group_scales_ + panel * kPanel * (k_ / group_) + column;
  for (int64_t g = 0; g < k_ / group_; ++g) std::fill_n(scales + g * kPanel, kStrip, uint16_t{0});
  for (int64_t n = 0; n < count; ++n) {
    const auto row = w4a8::view(rows + static_cast<size_t>(n) * row_bytes, layout);
    for (int64_t g = 0; g < layout.num_groups; ++g) scales[g * kPanel + n] = f32_to_f16(row.group_scale(g));
  }
}

// Where pack_levels or pack_codes has put it.
int IntegerMatrix::level(int64_t row, int64_t k, int level_offset) const {
  const int64_t panel = row / kPanel;
  const int64_t column = row % kPanel;
  if (!four_bits_) {
    const std::byte code = codes_[panel * kPanel * k_ + (k / 4 * kPanel + column) * 4 + k % 4];
    return static_cast<int8_t>(static_cast<int>(code) - level_offset);
  }
  const int64_t n = column % kStrip;
  const std::byte codes = codes_[panel * kPanel * k_ / 2 + k / 32 * kPanel * 16 +
                                 column / kStrip * kStrip * 16 + (n % 4 * 4 + n / 4) * 16 + k % 16];
  const int q = static_cast<int>(codes >> (k % 32 / 16 * 4) & std::byte{15}) - 8;
  const uint16_t scale = group_scales_[panel * kPanel * (k_ / group_) + k / group_ * kPanel + column];
  return w4a8::level(f16_to_f32(scale), q);
}

void IntegerMatrix::unpack(Device& device, const Weight& view, float* rows) const {
  const int offset = device.kernels().level_offset;
#pragma omp parallel for num_threads(device.threads_for(view.n* view.k))
  for (int64_t n = 0; n < view.n; ++n)
    for (int64_t k = 0; k < view.k; ++k)
      rows[n * view.k + k] =
          row_scales_[view.first_row + n] * static_cast<float>(level(view.first_row + n, k, offset));
}

IntegerTask IntegerMatrix::task(int64_t first_row, int64_t n) const {
  static_assert(Weight::kRowGroup % kPanel == 0);
  IntegerTask task;
  task.codes = codes_ + first_row * (four_bits_ ? k_ / 2 : k_);
  task.group_scales = four_bits_ ? group_scales_ + first_row * (k_ / group_) : nullptr;
  task.row_scales = row_scales_ + first_row;
  task.n = n;
  task.k = k_;
  task.group = group_;
  return task;
}

}  // namespace diorama::cpu
