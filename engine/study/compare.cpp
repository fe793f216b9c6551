#include "study/compare.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/error.h"

namespace diorama {
namespace {

constexpr int kWindow = 11;
constexpr double kMaxPsnr = 60;
constexpr double kC1 = 0.01 * 255 * 0.01 * 255;
constexpr double kC2 = 0.03 * 255 * 0.03 * 255;

struct Plane {
  int width = 0;
  int height = 0;
  std::vector<double> values;
};

std::array<double, kWindow> gaussian() {
  std::array<double, kWindow> weights;
  double sum = 0;
  for (int i = 0; i < kWindow; ++i) {
    const double offset = i - kWindow / 2;
    sum += weights[i] = std::exp(-offset * offset / (2 * 1.5 * 1.5));
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

Plane luma(const Image& image) {
  Plane plane{image.width, image.height, {}};
  plane.values.reserve(image.rgb.size() / 3);
  for (size_t i = 0; i < image.rgb.size(); i += 3)
    plane.values.push_back(0.299 * image.rgb[i] + 0.587 * image.rgb[i + 1] + 0.114 * image.rgb[i + 2]);
  return plane;
}

Plane product(const Plane& a, const Plane& b) {
  Plane result = a;
  for (size_t i = 0; i < result.values.size(); ++i) result.values[i] *= b.values[i];
  return result;
}

// Means over the windows down the columns, returned with rows and columns swapped: twice is both directions.
Plane column_means(const Plane& plane) {
  const auto weights = gaussian();
  Plane result{plane.height - kWindow + 1, plane.width, {}};
  for (int x = 0; x < plane.width; ++x)
    for (int y = 0; y < result.width; ++y) {
      double sum = 0;
      for (int k = 0; k < kWindow; ++k)
        sum += weights[k] * plane.values[static_cast<size_t>(y + k) * plane.width + x];
      result.values.push_back(sum);
    }
  return result;
}

std::vector<double> window_means(const Plane& plane) {
  return column_means(column_means(plane)).values;
}

double ssim(const Plane& a, const Plane& b) {
  const auto mean_a = window_means(a);
  const auto mean_b = window_means(b);
  const auto square_a = window_means(product(a, a));
  const auto square_b = window_means(product(b, b));
  const auto mixed = window_means(product(a, b));
  double sum = 0;
  for (size_t i = 0; i < mean_a.size(); ++i) {
    const double means = mean_a[i] * mean_b[i];
    const double squares = mean_a[i] * mean_a[i] + mean_b[i] * mean_b[i];
    sum += (2 * means + kC1) * (2 * (mixed[i] - means) + kC2) /
           ((squares + kC1) * (square_a[i] + square_b[i] - squares + kC2));
  }
  return sum / static_cast<double>(mean_a.size());
}

void require_same_size(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height)
    fail(Fault::usage, "[compare] the pictures are {} x {} and {} x {} pixels; give two of one size", a.width,
         a.height, b.width, b.height);
}

}  // namespace

Comparison compare(const Image& a, const Image& b) {
  require_same_size(a, b);
  if (std::min(a.width, a.height) < kWindow)
    fail(Fault::usage, "[compare] the pictures are {} x {} pixels; SSIM needs {} a side", a.width, a.height,
         kWindow);
  Comparison result{.ssim = ssim(luma(a), luma(b)), .identical = a == b};
  double squares = 0;
  for (size_t i = 0; i < a.rgb.size(); ++i) {
    const int difference = std::abs(a.rgb[i] - b.rgb[i]);
    result.max_diff = std::max(result.max_diff, difference);
    squares += difference * difference;
  }
  const double mse = squares / static_cast<double>(a.rgb.size());
  result.psnr = std::min(kMaxPsnr, 10 * std::log10(255.0 * 255.0 / mse));
  return result;
}

Image difference(const Image& a, const Image& b, int gain) {
  require_same_size(a, b);
  Image result = a;
  for (size_t i = 0; i < result.rgb.size(); ++i)
    result.rgb[i] = static_cast<uint8_t>(std::min(255, std::abs(a.rgb[i] - b.rgb[i]) * gain));
  return result;
}

}  // namespace diorama
