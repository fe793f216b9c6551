#include "formats/encoded_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "formats/hadamard.h"
#include "formats/w4a8.h"

namespace diorama {

EncodedRows::EncodedRows(const Weight& weight, const RowReader& reader, int64_t rows_at_once)
    : weight_(weight), reader_(reader) {
  if (reader.encoded)
    encoded_.resize(static_cast<size_t>(rows_at_once) * weight.format->row_bytes(weight.k));
  else
    values_.resize(static_cast<size_t>(rows_at_once * weight.k));
}

void EncodedRows::read(int64_t first, int64_t count) {
  if (reader_.encoded)
    reader_.encoded(first, count, encoded_.data());
  else
    reader_.values(first, count, values_.data());
}

void EncodedRows::encode(int64_t first, int64_t count, std::byte* out) {
  const size_t row_bytes = weight_.format->row_bytes(weight_.k);
  if (reader_.encoded) {
    const auto from = static_cast<size_t>(first) * row_bytes;
    std::memcpy(out + from, encoded_.data() + from, static_cast<size_t>(count) * row_bytes);
    return;
  }
  for (int64_t row = first; row < first + count; ++row) {
    float* values = values_.data() + row * weight_.k;
    rotate(values, weight_.k, weight_.input.conditioning.rotation);
    weight_.format->encode_row(values, weight_.k, out + static_cast<size_t>(row) * row_bytes);
  }
}

void EncodedRows::check(int64_t first, int64_t count, const std::byte* rows) const {
  const size_t row_bytes = weight_.format->row_bytes(weight_.k);
  const w4a8::Layout layout(weight_.k);
  for (int64_t row = 0; row < count; ++row, rows += row_bytes) {
    float scale = 0;
    std::memcpy(&scale, rows + row_bytes - sizeof scale, sizeof scale);
    bool sound = std::isfinite(scale);
    if (weight_.format == &w4a8::kFormat) {
      const auto view = w4a8::view(rows, layout);
      for (int64_t group = 0; group < layout.num_groups; ++group) {
        const float step = view.group_scale(group);
        sound = sound && step >= 0 && step * 7 < 127.5f;
      }
      constexpr auto kLow = std::byte{15};
      sound = sound && std::none_of(rows, rows + layout.codes_bytes(), [](std::byte pair) {
                return (pair & kLow) == std::byte{0} || pair >> 4 == std::byte{0};
              });
    }
    if (!sound)
      fail(Fault::model_file,
           "{}: row {} has a scale or a code that no {} weight can have; fetch the file again", weight_.name,
           first + row, weight_.format->name);
  }
}

}  // namespace diorama
