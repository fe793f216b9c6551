// 4-bit weights for 8-bit activations, so that products are of 8-bit integers: w = row_scale * level,
// level = round_half_even(group_scale * q) in [-127, 127], q in [-7, 7].
// A row: q + 8 in nibbles, the low one first along K, zeros (q = 0) up to whole groups; group_scale f16
// [groups]; row_scale f32.
#pragma once

#include "formats/format.h"

namespace diorama::w4a8 {

extern const Format kFormat;

struct Layout {
  explicit Layout(int64_t k);
  int64_t group;       // weights along K: 128, or 64 where 128 does not divide K
  int64_t num_groups;  // the last may be padded
  int64_t codes_bytes() const { return num_groups * group / 2; }
};

struct Row {
  const std::byte* codes;         // [codes_bytes]
  const std::byte* group_scales;  // f16 [num_groups], not aligned
  float scale;

  int q(int64_t i) const { return static_cast<int>(codes[i / 2] >> (i % 2 * 4) & std::byte{15}) - 8; }
  float group_scale(int64_t group) const;
};
Row view(const std::byte* row, const Layout& layout);

// round_half_even(group_scale * q), clamped so that no file can exceed 8 bits.
int level(float group_scale, int q);
// Of the 15 codes the one whose level is nearest to `wanted`.
int nearest_code(float group_scale, float wanted);

// Steps between codes that lose least: max |w| / 7 of each group, clipped by the factor that a search by mean
// squared error finds (1: not clipped).
void choose_steps(const float* values, int64_t k, const Layout& layout, bool clip_search, float* steps);
// The scales that come nearest to the steps: row_scale, and group scales as f16 holds them.
float choose_scales(const float* steps, int64_t num_groups, float* group_scales);
// Writes a row of given codes (padded to the groups).
void write_row(const int8_t* q, const float* group_scales, float row_scale, const Layout& layout,
               std::byte* out);

}  // namespace diorama::w4a8
