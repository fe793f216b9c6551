#include "formats/w4a8.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/half.h"

namespace diorama::w4a8 {
namespace {

constexpr int kLargestCode = 7;
constexpr float kLargestLevel = 127;

size_t row_bytes(int64_t k) {
  const Layout layout(k);
  return static_cast<size_t>(layout.codes_bytes()) + static_cast<size_t>(layout.num_groups) * 2 +
         sizeof(float);
}

// Nearest integer, for |x| < 2^22; compiles to two additions.
float nearest(float x) {
  constexpr float kMagic = 0x1.8p23f;
  return x + kMagic - kMagic;
}

double squared_error(const float* values, int64_t count, float step) {
  const float inverse = 1 / step;
  float sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float q = std::min(std::max(nearest(values[i] * inverse), -7.0f), 7.0f);
    const float error = values[i] - step * q;
    sum += error * error;
  }
  return static_cast<double>(sum);
}

float search_step(const float* values, int64_t count, float widest) {
  constexpr int kFactors = 10;  // 1 down to 0.55
  float best = widest;
  double least = squared_error(values, count, widest);
  for (int i = 1; i < kFactors; ++i) {
    const float step = widest * (1.0f - 0.05f * static_cast<float>(i));
    const double error = squared_error(values, count, step);
    if (error < least) {
      least = error;
      best = step;
    }
  }
  return best;
}

void encode_row(const float* values, int64_t k, std::byte* out) {
  const Layout layout(k);
  std::vector<float> steps(static_cast<size_t>(layout.num_groups));
  std::vector<float> scales(steps.size());
  choose_steps(values, k, layout, true, steps.data());
  const float row_scale = choose_scales(steps.data(), layout.num_groups, scales.data());
  std::vector<int8_t> q(static_cast<size_t>(layout.num_groups * layout.group), 0);
  const float inverse = row_scale > 0 ? 1 / row_scale : 0;
  for (int64_t i = 0; i < k; ++i)
    q[static_cast<size_t>(i)] =
        static_cast<int8_t>(nearest_code(scales[static_cast<size_t>(i / layout.group)], values[i] * inverse));
  write_row(q.data(), scales.data(), row_scale, layout, out);
}

float decode_levels(const std::byte* row, int64_t k, int8_t* levels) {
  const Layout layout(k);
  const Row r = view(row, layout);
  for (int64_t group = 0; group < layout.num_groups; ++group) {
    std::array<int8_t, 16> table{};  // by code q + 8
    for (int q = -8; q < 8; ++q)
      table[static_cast<size_t>(q) + 8] = static_cast<int8_t>(level(r.group_scale(group), q));
    for (int64_t i = group * layout.group; i < std::min(k, (group + 1) * layout.group); ++i)
      levels[i] = table[static_cast<size_t>(r.q(i)) + 8];
  }
  return r.scale;
}

void decode_row(const std::byte* row, int64_t k, float* out) {
  std::vector<int8_t> levels(static_cast<size_t>(k));
  const float scale = decode_levels(row, k, levels.data());
  for (int64_t i = 0; i < k; ++i) out[i] = scale * static_cast<float>(levels[static_cast<size_t>(i)]);
}

}  // namespace

Layout::Layout(int64_t k) : group(k % 128 == 0 ? 128 : 64), num_groups((k + group - 1) / group) {}

float Row::group_scale(int64_t group) const {
  uint16_t bits = 0;
  std::memcpy(&bits, group_scales + 2 * group, sizeof bits);
  return f16_to_f32(bits);
}

Row view(const std::byte* row, const Layout& layout) {
  Row r{row, row + layout.codes_bytes(), 0};
  std::memcpy(&r.scale, r.group_scales + 2 * layout.num_groups, sizeof r.scale);
  return r;
}

int level(float group_scale, int q) {
  const float product = group_scale * static_cast<float>(q);  // exact: 11 bits by 4
  return static_cast<int>(nearest(std::clamp(product, -kLargestLevel, kLargestLevel)));
}

int nearest_code(float group_scale, float wanted) {
  if (!(group_scale > 0)) return 0;
  const float exact = std::clamp(wanted / group_scale, -7.0f, 7.0f);
  // Levels are rounded, so the nearest may belong to the code on the other side of `exact`.
  const float below = std::floor(exact);
  const float above = std::min(below + 1, static_cast<float>(kLargestCode));
  const float down =
      std::abs(nearest(std::clamp(group_scale * below, -kLargestLevel, kLargestLevel)) - wanted);
  const float up = std::abs(nearest(std::clamp(group_scale * above, -kLargestLevel, kLargestLevel)) - wanted);
  return static_cast<int>(up < down ? above : below);
}

void choose_steps(const float* values, int64_t k, const Layout& layout, bool clip_search, float* steps) {
  for (int64_t group = 0; group < layout.num_groups; ++group) {
    const float* first = values + group * layout.group;
    const int64_t count = std::min(layout.group, k - group * layout.group);
    float largest = 0;
    for (int64_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(first[i]));
    const float widest = largest / kLargestCode;
    steps[group] = clip_search && largest > 0 ? search_step(first, count, widest) : widest;
  }
}

float choose_scales(const float* steps, int64_t num_groups, float* group_scales) {
  const float widest = *std::max_element(steps, steps + num_groups);
  const float row_scale = widest * kLargestCode / kLargestLevel;
  for (int64_t group = 0; group < num_groups; ++group)
    group_scales[group] = row_scale > 0 ? f16_to_f32(f32_to_f16(steps[group] / row_scale)) : 0;
  return row_scale;
}

void write_row(const int8_t* q, const float* group_scales, float row_scale, const Layout& layout,
               std::byte* out) {
  for (int64_t i = 0; i < layout.codes_bytes(); ++i)
    out[i] = static_cast<std::byte>((q[2 * i] + 8) | (q[2 * i + 1] + 8) << 4);
  out += layout.codes_bytes();
  for (int64_t group = 0; group < layout.num_groups; ++group, out += 2) {
    const uint16_t bits = f32_to_f16(group_scales[group]);
    std::memcpy(out, &bits, sizeof bits);
  }
  std::memcpy(out, &row_scale, sizeof row_scale);
}

const Format kFormat{"w4a8", 4, row_bytes, encode_row, decode_row, decode_levels};

}  // namespace diorama::w4a8
