#include "sampling/noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

namespace diorama {
namespace {

using Words = std::array<uint32_t, 4>;

// Random123's kat_vectors, philox4x32 10.
TEST(Philox, equals_the_published_vectors) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Noise, is_box_muller_of_the_counter) {
  constexpr uint64_t kSeed = 0x123456789abcdef0;
  const HostTensor noise = normal_noise(Shape{1, 3, 17, 19}, kSeed, 7, 2);
  for (size_t i = 0; i < noise.values.size(); ++i) {
    const Words words = philox4x32({static_cast<uint32_t>(i / 4), 7, 2, 0}, {0x9abcdef0, 0x12345678});
    const size_t pair = i % 4 / 2 * 2;
    const double radius = std::sqrt(-2 * std::log((words[pair] + 0.5) / 4294967296.0));
    const double angle = 2 * std::numbers::pi * ((words[pair + 1] + 0.5) / 4294967296.0);
    const double expected = radius * (i % 2 == 0 ? std::cos(angle) : std::sin(angle));
    // A double differs in its last bits between libraries, the rounded float at most by one step.
    ASSERT_NEAR(noise.values[i], expected, 1e-7 * std::max(1.0, std::abs(expected))) << i;
  }
}

TEST(Noise, has_the_moments_of_a_normal_distribution) {
  const HostTensor noise = normal_noise(Shape{1, 4, 256, 256}, 1, 0);
  std::array<double, 5> moments{};
  for (const double value : noise.values)
    for (int power = 1; power <= 4; ++power) moments[power] += std::pow(value, power) / noise.values.size();
  // Five standard deviations of each mean over 2^18 draws.
  const double root = std::sqrt(noise.values.size());
  EXPECT_NEAR(moments[1], 0, 5 / root);
  EXPECT_NEAR(moments[2], 1, 5 * std::sqrt(2) / root);
  EXPECT_NEAR(moments[3], 0, 5 * std::sqrt(15) / root);
  EXPECT_NEAR(moments[4], 3, 5 * std::sqrt(96) / root);
}

double correlation(const HostTensor& a, const HostTensor& b) {
  return std::inner_product(a.values.begin(), a.values.end(), b.values.begin(), 0.0) / a.values.size();
}

TEST(Noise, of_other_seeds_steps_and_pictures_is_unrelated) {
  const Shape shape{1, 4, 64, 64};
  const HostTensor noise = normal_noise(shape, 5, 0);
  EXPECT_EQ(noise.values, normal_noise(shape, 5, 0).values);
  EXPECT_LT(std::abs(correlation(noise, normal_noise(shape, 6, 0))), 0.04);
  EXPECT_LT(std::abs(correlation(noise, normal_noise(shape, 5 + (uint64_t{1} << 32), 0))), 0.04);
  EXPECT_LT(std::abs(correlation(noise, normal_noise(shape, 5, 1))), 0.04);
  EXPECT_LT(std::abs(correlation(noise, normal_noise(shape, 5, 0, 1))), 0.04);
}

TEST(Noise, of_a_shorter_shape_is_its_beginning) {
  const HostTensor all = normal_noise(Shape{13}, 9, 0);
  const HostTensor some = normal_noise(Shape{6}, 9, 0);
  EXPECT_TRUE(std::equal(some.values.begin(), some.values.end(), all.values.begin()));
}

}  // namespace
}  // namespace diorama
