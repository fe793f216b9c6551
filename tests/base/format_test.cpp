// Formats against their definitions (DESIGN: numerics), one weight at a time.
#include "formats/format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/error.h"
#include "formats/hadamard.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"

namespace diorama::test {
namespace {

std::vector<float> random_row(int64_t k, uint32_t seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<float> row(static_cast<size_t>(k));
  for (float& value : row) value = normal(engine);
  return row;
}

struct Encoded {
  std::vector<std::byte> bytes;
  std::vector<float> values;
  std::vector<int8_t> levels;
  float scale;
};

Encoded encode(const Format& format, const std::vector<float>& row) {
  const auto k = static_cast<int64_t>(row.size());
  Encoded e{std::vector<std::byte>(format.row_bytes(k)), std::vector<float>(row.size()),
            std::vector<int8_t>(row.size()), 0};
  format.encode_row(row.data(), k, e.bytes.data());
  format.decode_row(e.bytes.data(), k, e.values.data());
  e.scale = format.decode_levels(e.bytes.data(), k, e.levels.data());
  return e;
}

TEST(Formats, are_found_by_name) {
  for (const Format* format : formats()) EXPECT_EQ(&find_format(format->name), format);
  EXPECT_THROW(find_format("w2a2"), Error);
}

TEST(W8A8, holds_a_level_for_each_weight_the_largest_at_127) {
  const auto row = random_row(37, 1);
  const Encoded e = encode(w8a8::kFormat, row);
  float largest = 0;
  for (const float value : row) largest = std::max(largest, std::abs(value));
  EXPECT_FLOAT_EQ(e.scale, largest / 127);
  for (size_t i = 0; i < row.size(); ++i) {
    EXPECT_LE(std::abs(e.values[i] - row[i]), e.scale * 0.5001f);
    EXPECT_EQ(e.values[i], e.scale * static_cast<float>(e.levels[i]));
  }
  EXPECT_EQ(w8a8::kFormat.row_bytes(37), 41u);
}

TEST(W4A8, a_level_is_the_group_scale_times_the_code_rounded_half_to_even) {
  EXPECT_EQ(w4a8::level(0.5f, 1), 0);
  EXPECT_EQ(w4a8::level(0.5f, 3), 2);
  EXPECT_EQ(w4a8::level(0.5f, -5), -2);
  EXPECT_EQ(w4a8::level(2.5f, 1), 2);
  EXPECT_EQ(w4a8::level(18.140625f, 7), 127);
  EXPECT_EQ(w4a8::level(100.0f, 7), 127);
  EXPECT_EQ(w4a8::level(100.0f, -7), -127);
}

TEST(W4A8, groups_are_128_or_64_and_a_row_has_the_stated_bytes) {
  EXPECT_EQ(w4a8::Layout(1152).group, 128);
  EXPECT_EQ(w4a8::Layout(320).group, 64);
  EXPECT_EQ(w4a8::Layout(100).num_groups, 2);
  EXPECT_EQ(w4a8::kFormat.row_bytes(1152), 576u + 18 + 4);
  EXPECT_EQ(w4a8::kFormat.row_bytes(100), 64u + 4 + 4);
}

// The low nibble first, q + 8.
TEST(W4A8, packs_two_codes_a_byte) {
  std::vector<float> row(64, 0.0f);
  row[0] = 7;
  row[1] = -7;
  row[2] = 1;
  const Encoded e = encode(w4a8::kFormat, row);
  EXPECT_EQ(e.bytes[0], std::byte{0x1f});
  EXPECT_EQ(e.bytes[1], std::byte{0x89});
  EXPECT_EQ(e.values[0], 7.0f);
  EXPECT_NEAR(e.values[2], 1.0f, 0.01f);
}

TEST(W4A8, every_weight_takes_the_nearest_of_its_fifteen_levels) {
  for (const int64_t k : {64, 100, 128, 320}) {
    auto row = random_row(k, 2);
    for (int64_t i = 0; i < k; ++i)
      row[static_cast<size_t>(i)] *= i < 64 ? 1.0f : 0.03f;  // groups of unlike size
    const Encoded e = encode(w4a8::kFormat, row);
    const w4a8::Layout layout(k);
    const w4a8::Row view = w4a8::view(e.bytes.data(), layout);
    for (int64_t i = 0; i < k; ++i) {
      float nearest = 1e9f;
      for (int q = -7; q <= 7; ++q)
        nearest = std::min(
            nearest,
            std::abs(e.scale * static_cast<float>(w4a8::level(view.group_scale(i / layout.group), q)) -
                     row[static_cast<size_t>(i)]));
      EXPECT_NEAR(std::abs(e.values[static_cast<size_t>(i)] - row[static_cast<size_t>(i)]), nearest, 1e-5f)
          << k << " " << i;
    }
  }
}

TEST(W4A8, clip_search_does_not_lose_against_none) {
  const auto row = random_row(1152, 3);
  const w4a8::Layout layout(1152);
  const auto error = [&](bool search) {
    std::vector<float> steps(9);
    w4a8::choose_steps(row.data(), 1152, layout, search, steps.data());
    double sum = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      const float step = steps[i / 128];
      const float q = std::clamp(std::nearbyint(row[i] / step), -7.0f, 7.0f);
      sum += std::pow(static_cast<double>(row[i] - q * step), 2);
    }
    return sum;
  };
  EXPECT_LT(error(true), 0.97 * error(false));
}

TEST(W4A8, zeros_stay_zeros) {
  for (const Format* format : {&w4a8::kFormat, &w8a8::kFormat})
    for (const float value : encode(*format, std::vector<float>(130, 0.0f)).values) EXPECT_EQ(value, 0.0f);
}

TEST(Hadamard, order_is_the_largest_power_of_four_up_to_256) {
  EXPECT_EQ(rotation_order(1152), 64);
  EXPECT_EQ(rotation_order(4608), 256);
  EXPECT_EQ(rotation_order(320), 64);
  EXPECT_EQ(rotation_order(1024), 256);
  EXPECT_EQ(rotation_order(37), 1);
  EXPECT_EQ(rotation_order(36), 4);
}

TEST(Hadamard, four_are_rotated_as_defined) {
  const float rows[4][4] = {{1, 1, 1, -1}, {1, 1, -1, 1}, {1, -1, 1, 1}, {-1, 1, 1, 1}};
  std::vector<float> x = {1, 2, 3, 5};
  std::vector<float> y = x;
  rotate(y.data(), 4, 4);
  for (int i = 0; i < 4; ++i) {
    float sum = 0;
    for (int j = 0; j < 4; ++j) sum += rows[i][j] * x[static_cast<size_t>(j)];
    EXPECT_FLOAT_EQ(y[static_cast<size_t>(i)], sum / 2);
  }
}

TEST(Hadamard, is_its_own_inverse_keeps_lengths_and_spreads_one_channel_evenly) {
  for (const int order : {4, 16, 64, 256}) {
    const auto x = random_row(512, 4);
    auto y = x;
    rotate(y.data(), 512, order);
    double before = 0;
    double after = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      before += static_cast<double>(x[i]) * static_cast<double>(x[i]);
      after += static_cast<double>(y[i]) * static_cast<double>(y[i]);
    }
    EXPECT_NEAR(after / before, 1, 1e-5);
    rotate(y.data(), 512, order);
    for (size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(y[i], x[i], 1e-5f);

    std::vector<float> one(512, 0.0f);
    one[3] = 1;
    rotate(one.data(), 512, order);
    for (int i = 0; i < order; ++i)
      EXPECT_NEAR(std::abs(one[static_cast<size_t>(i)]), 1 / std::sqrt(static_cast<float>(order)), 1e-6f);
    for (size_t i = static_cast<size_t>(order); i < one.size(); ++i) EXPECT_EQ(one[i], 0.0f);
  }
}

}  // namespace
}  // namespace diorama::test
