#include "study/compare.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "generator.h"
#include "io/png.h"

namespace diorama {
namespace {

Image filled(int width, int height, uint8_t value) {
  return {width, height, std::vector<uint8_t>(size_t{3} * width * height, value)};
}

// A wavy picture and the same with noise of this amplitude.
Image waves(int width, int height, double noise) {
  Image image = filled(width, height, 0);
  for (size_t i = 0; i < image.rgb.size(); ++i) {
    const double value = 128 + 60 * std::sin(0.13 * i) + 40 * std::cos(0.7 * (i / (3 * width)));
    image.rgb[i] = static_cast<uint8_t>(std::clamp(value + noise * test::value_at(3, i), 0.0, 255.0));
  }
  return image;
}

// Wang et al. 2004, equations 13 to 17, window by window: mean, variance and covariance as weighted
// deviations.
double naive_ssim(const Image& a, const Image& b) {
  const auto luma = [](const Image& image, int x, int y) {
    const uint8_t* pixel = &image.rgb[3 * (static_cast<size_t>(y) * image.width + x)];
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
  };
  double weights[11][11];
  double total = 0;
  for (int i = 0; i < 11; ++i)
    for (int j = 0; j < 11; ++j)
      total += weights[i][j] = std::exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / (2 * 1.5 * 1.5));
  double sum = 0;
  int count = 0;
  for (int y = 0; y + 11 <= a.height; ++y)
    for (int x = 0; x + 11 <= a.width; ++x, ++count) {
      const auto weighted = [&](auto value) {
        double result = 0;
        for (int i = 0; i < 11; ++i)
          for (int j = 0; j < 11; ++j) result += weights[i][j] / total * value(x + j, y + i);
        return result;
      };
      const double mean_a = weighted([&](int i, int j) { return luma(a, i, j); });
      const double mean_b = weighted([&](int i, int j) { return luma(b, i, j); });
      const double var_a = weighted([&](int i, int j) { return std::pow(luma(a, i, j) - mean_a, 2); });
      const double var_b = weighted([&](int i, int j) { return std::pow(luma(b, i, j) - mean_b, 2); });
      const double cov =
          weighted([&](int i, int j) { return (luma(a, i, j) - mean_a) * (luma(b, i, j) - mean_b); });
      const double c1 = std::pow(0.01 * 255, 2);
      const double c2 = std::pow(0.03 * 255, 2);
      sum += (2 * mean_a * mean_b + c1) * (2 * cov + c2) /
             ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2));
    }
  return sum / count;
}

TEST(Compare, calls_equal_pictures_identical) {
  const Comparison result = compare(waves(20, 15, 9), waves(20, 15, 9));
  EXPECT_TRUE(result.identical);
  EXPECT_EQ(result.max_diff, 0);
  EXPECT_EQ(result.psnr, 60);
  EXPECT_NEAR(result.ssim, 1, 1e-12);
}

TEST(Compare, psnr_follows_the_mean_square) {
  const Comparison result = compare(filled(16, 16, 100), filled(16, 16, 110));
  EXPECT_NEAR(result.psnr, 20 * std::log10(255.0 / 10), 1e-12);
  EXPECT_EQ(result.max_diff, 10);
  EXPECT_FALSE(result.identical);
}

TEST(Compare, psnr_ends_at_60_though_one_byte_differs) {
  Image other = filled(64, 64, 100);
  other.rgb[5] = 101;
  const Comparison result = compare(filled(64, 64, 100), other);
  EXPECT_EQ(result.psnr, 60);
  EXPECT_EQ(result.max_diff, 1);
  EXPECT_FALSE(result.identical);
}

TEST(Compare, ssim_equals_its_definition) {
  for (const auto& [width, height] : {std::pair{11, 11}, std::pair{29, 17}, std::pair{12, 40}})
    for (const double noise : {2.0, 20.0, 200.0}) {
      const Image a = waves(width, height, 0);
      const Image b = waves(width, height, noise);
      EXPECT_NEAR(compare(a, b).ssim, naive_ssim(a, b), 1e-9)
          << width << " x " << height << ", noise " << noise;
      EXPECT_NEAR(compare(a, b).ssim, compare(b, a).ssim, 1e-12);
    }
}

TEST(Compare, ssim_of_flat_pictures_is_their_luminance_term) {
  const double c1 = std::pow(0.01 * 255, 2);
  EXPECT_NEAR(compare(filled(16, 16, 50), filled(16, 16, 200)).ssim,
              (2 * 50 * 200 + c1) / (50 * 50 + 200 * 200 + c1), 1e-9);
}

TEST(Compare, ssim_falls_with_noise_and_turns_negative_for_a_negative) {
  const Image image = waves(40, 40, 0);
  double last = 1;
  for (const double noise : {5.0, 20.0, 80.0}) {
    const double ssim = compare(image, waves(40, 40, noise)).ssim;
    EXPECT_LT(ssim, last);
    last = ssim;
  }
  Image negative = image;
  for (uint8_t& byte : negative.rgb) byte = 255 - byte;
  EXPECT_LT(compare(image, negative).ssim, 0);
}

std::span<const std::byte> bytes_of(const std::string& file) {
  return std::as_bytes(std::span(file.data(), file.size()));
}

// Bytes, of the process so far.
size_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<size_t>(usage.ru_maxrss) << 10;
}

void expect_same(const Comparison& a, const Comparison& b) {
  EXPECT_EQ(a.psnr, b.psnr);
  EXPECT_EQ(a.ssim, b.ssim);  // to the last bit
  EXPECT_EQ(a.max_diff, b.max_diff);
  EXPECT_EQ(a.identical, b.identical);
}

// More rows than one band has, with places that are the same in both, or as the row above, where the work is
// left out.
Image banded(int width, int height, int kind) {
  Image image = waves(width, height, kind == 2 ? 60 : 0);
  const size_t row = size_t{3} * static_cast<size_t>(width);
  for (size_t y = 1; y < static_cast<size_t>(height); ++y) {
    const auto part = y / 40 % 4;
    if (kind > 0 && part == 1 && y % 3 == 0) image.rgb[y * row] ^= 1;
    if (part == 3) std::copy_n(image.rgb.begin() + (y - 1) * row, row, image.rgb.begin() + y * row);
  }
  return image;
}

TEST(Compare, leaves_out_no_work_that_counts) {
  for (const auto& [width, height] : {std::pair{11, 400}, std::pair{300, 250}, std::pair{150, 74}})
    for (const int kind : {0, 1, 2}) {
      const Image a = banded(width, height, 0), b = banded(width, height, kind);
      EXPECT_NEAR(compare(a, b).ssim, naive_ssim(a, b), 1e-9) << width << " x " << height << ", " << kind;
    }
}

TEST(Compare, of_files_is_that_of_their_pictures) {
  const Image a = banded(140, 300, 0);
  for (const int kind : {0, 1, 2}) {
    const Image b = banded(140, 300, kind);
    const std::string file_a = encode_png(a), file_b = encode_png(b);
    PngRows rows_a(bytes_of(file_a), "a"), rows_b(bytes_of(file_b), "b");
    expect_same(compare(rows_a, rows_b), compare(a, b));
    PngRows again_a(bytes_of(file_a), "a"), again_b(bytes_of(file_b), "b");
    EXPECT_EQ(decode_png(bytes_of(encode_difference(again_a, again_b, 7)), "d"), difference(a, b, 7));
  }
}

// 36 million pixels in some hundred kilobytes: what is in memory does not grow with them.
TEST(Compare, of_large_files_takes_little_memory) {
  constexpr int kSide = 6000;
  std::vector<uint8_t> row(size_t{3} * kSide);
  const auto flat = [&](uint8_t value) {
    std::ranges::fill(row, value);
    return encode_png_rows(kSide, kSide, [&] { return std::span<const uint8_t>(row); });
  };
  const std::string a = flat(0), b = flat(9);
  EXPECT_LT(a.size() + b.size(), size_t{1} << 20);
  const size_t before = peak_memory();
  PngRows rows_a(bytes_of(a), "a"), rows_b(bytes_of(b), "b");
  EXPECT_EQ(compare(rows_a, rows_b).max_diff, 9);
  EXPECT_LT(peak_memory() - before, size_t{50} << 20);
}

TEST(Compare, refuses_pictures_it_cannot_compare) {
  for (const auto& [a, b] :
       {std::pair{filled(16, 16, 0), filled(16, 17, 0)}, std::pair{filled(16, 10, 0), filled(16, 10, 0)}})
    try {
      compare(a, b);
      ADD_FAILURE() << "compared";
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::usage);
    }
  EXPECT_THROW(difference(filled(2, 1, 0), filled(1, 2, 0), 1), Error);
  const std::string wide = encode_png(filled(20, 12, 0)), high = encode_png(filled(12, 20, 0));
  PngRows a(bytes_of(wide), "a"), b(bytes_of(high), "b");
  EXPECT_THROW(compare(a, b), Error);
  EXPECT_THROW(encode_difference(a, b, 1), Error);
}

TEST(Difference, is_amplified_and_saturates) {
  const Image a{2, 1, {0, 10, 100, 200, 0, 7}};
  const Image b{2, 1, {3, 5, 100, 0, 0, 8}};
  EXPECT_EQ(difference(a, b, 1).rgb, (std::vector<uint8_t>{3, 5, 0, 200, 0, 1}));
  EXPECT_EQ(difference(a, b, 8).rgb, (std::vector<uint8_t>{24, 40, 0, 255, 0, 8}));
}

}  // namespace
}  // namespace diorama
