// 8-bit weights for 8-bit activations: w = row_scale * level, the largest weight of a row at 127.
// A row: level[k] int8, row_scale f32.
#pragma once

#include "formats/format.h"

namespace diorama::w8a8 {

extern const Format kFormat;

struct Row {
  const int8_t* levels;  // [k]
  float scale;
};
Row view(const std::byte* row, int64_t k);

}  // namespace diorama::w8a8
