#include "base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace diorama {
namespace {

// The definitions: sign, exponent and mantissa put together in double precision.
double value_of(uint16_t bits, int exponent_bits) {
  const int mantissa_bits = 15 - exponent_bits;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = (bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
  const int mantissa = bits & ((1 << mantissa_bits) - 1);
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == (1 << exponent_bits) - 1)
    return mantissa != 0 ? std::numeric_limits<double>::quiet_NaN()
                         : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - bias - mantissa_bits);
  return sign * std::ldexp((1 << mantissa_bits) + mantissa, exponent - bias - mantissa_bits);
}

double f16_value(uint16_t bits) {
  return value_of(bits, 5);
}
double bf16_value(uint16_t bits) {
  return value_of(bits, 8);
}

void expect_same(double expected, float got, int bits) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(got)) << bits;
  } else {
    EXPECT_EQ(expected, got) << bits;
    EXPECT_EQ(std::signbit(expected), std::signbit(got)) << bits;
  }
}

TEST(Half, all_f16_patterns_have_their_defined_value) {
  for (int bits = 0; bits < 65536; ++bits)
    expect_same(f16_value(static_cast<uint16_t>(bits)), f16_to_f32(static_cast<uint16_t>(bits)), bits);
}

TEST(Half, all_bf16_patterns_have_their_defined_value) {
  for (int bits = 0; bits < 65536; ++bits)
    expect_same(bf16_value(static_cast<uint16_t>(bits)), bf16_to_f32(static_cast<uint16_t>(bits)), bits);
}

TEST(Half, every_pattern_survives_a_round_trip) {
  for (int i = 0; i < 65536; ++i) {
    const auto bits = static_cast<uint16_t>(i);
    EXPECT_TRUE(std::isnan(f16_to_f32(bits)) || f32_to_f16(f16_to_f32(bits)) == bits) << i;
    EXPECT_TRUE(std::isnan(bf16_to_f32(bits)) || f32_to_bf16(bf16_to_f32(bits)) == bits) << i;
  }
}

// Between two neighbours: the middle goes to the even one, anything off the middle to the nearer one.
template <typename ToHalf, typename Value>
void expect_nearest_even(ToHalf to_half, Value value, int infinity) {
  for (int i = 0; i < infinity; ++i) {
    const auto below = static_cast<uint16_t>(i);
    const auto above = static_cast<uint16_t>(i + 1);
    // The step to infinity is as long as the one before.
    const double next =
        i + 1 == infinity ? 2 * value(below) - value(static_cast<uint16_t>(i - 1)) : value(above);
    const auto middle = static_cast<float>((value(below) + next) / 2);
    const float inf = std::numeric_limits<float>::infinity();
    EXPECT_EQ(to_half(middle), i % 2 == 0 ? below : above) << i;
    EXPECT_EQ(to_half(std::nextafter(middle, -inf)), below) << i;
    EXPECT_EQ(to_half(std::nextafter(middle, inf)), above) << i;
    EXPECT_EQ(to_half(-middle), 0x8000 | (i % 2 == 0 ? below : above)) << i;
  }
}

TEST(Half, f32_to_f16_rounds_to_nearest_even) {
  expect_nearest_even(f32_to_f16, f16_value, 0x7c00);
}
TEST(Half, f32_to_bf16_rounds_to_nearest_even) {
  expect_nearest_even(f32_to_bf16, bf16_value, 0x7f80);
}

TEST(Half, what_is_no_number_stays_so) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float low_bits_only =
      std::bit_cast<float>(0x7f800001u);  // a NaN whose upper half looks like infinity
  for (const float value : {nan, low_bits_only}) {
    EXPECT_TRUE(std::isnan(f16_to_f32(f32_to_f16(value))));
    EXPECT_TRUE(std::isnan(bf16_to_f32(f32_to_bf16(value))));
  }
  EXPECT_EQ(f32_to_f16(1e30f), 0x7c00);
  EXPECT_EQ(f32_to_f16(-1e30f), 0xfc00);
}

}  // namespace
}  // namespace diorama
