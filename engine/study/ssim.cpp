#include "study/ssim.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace diorama {
namespace {

constexpr double kC1 = 0.01 * 255 * 0.01 * 255;
constexpr double kC2 = 0.03 * 255 * 0.03 * 255;
constexpr size_t kTile = 128;  // windows side by side: what they need of 11 rows fits into the nearest cache

using Weights = std::array<double, kSsimWindow>;

Weights gaussian() {
  Weights weights;
  double sum = 0;
  for (size_t i = 0; i < kSsimWindow; ++i) {
    const double offset = static_cast<double>(i) - kSsimWindow / 2;
    sum += weights[i] = std::exp(-offset * offset / (2 * 1.5 * 1.5));
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// A row of at most kTile windows: means over them, down the columns and then along the row, of a, b, a * a,
// b * b and a * b; and what SSIM makes of these. `Lanes` at a time, which changes no sum.
template <size_t Lanes>
[[gnu::always_inline]] inline void tile(const double* a, const double* b, size_t stride,
                                        const Weights& weights, size_t num_windows, double* out) {
  typedef double Vector __attribute__((vector_size(Lanes * sizeof(double))));
  constexpr size_t kWide = kTile + kSsimMargin;
  double down[5][kWide];
  for (size_t x = 0; x < num_windows + kSsimWindow - 1; x += Lanes) {
    Vector sums[5] = {};
    for (size_t k = 0; k < kSsimWindow; ++k) {
      Vector va, vb;
      std::memcpy(&va, a + k * stride + x, sizeof(va));
      std::memcpy(&vb, b + k * stride + x, sizeof(vb));
      sums[0] += weights[k] * va;
      sums[1] += weights[k] * vb;
      sums[2] += weights[k] * (va * va);
      sums[3] += weights[k] * (vb * vb);
      sums[4] += weights[k] * (va * vb);
    }
    for (size_t i = 0; i < 5; ++i) std::memcpy(&down[i][x], &sums[i], sizeof(Vector));
  }
  double terms[kWide];
  for (size_t x = 0; x < num_windows; x += Lanes) {
    Vector means[5] = {};
    for (size_t k = 0; k < kSsimWindow; ++k)
      for (size_t i = 0; i < 5; ++i) {
        Vector value;
        std::memcpy(&value, &down[i][x + k], sizeof(value));
        means[i] += weights[k] * value;
      }
    const Vector product = means[0] * means[1];
    const Vector squares = means[0] * means[0] + means[1] * means[1];
    const Vector term = (2 * product + kC1) * (2 * (means[4] - product) + kC2) /
                        ((squares + kC1) * (means[2] + means[3] - squares + kC2));
    std::memcpy(&terms[x], &term, sizeof(term));
  }
  std::memcpy(out, terms, num_windows * sizeof(double));
}

using Tile = void (*)(const double* a, const double* b, size_t stride, const Weights& weights,
                      size_t num_windows, double* out);

void plain_tile(const double* a, const double* b, size_t stride, const Weights& weights, size_t num_windows,
                double* out) {
  tile<2>(a, b, stride, weights, num_windows, out);
}

#ifdef __x86_64__
[[gnu::target("avx2")]] void avx2_tile(const double* a, const double* b, size_t stride,
                                       const Weights& weights, size_t num_windows, double* out) {
  tile<4>(a, b, stride, weights, num_windows, out);
}

[[gnu::target("avx512f")]] void avx512_tile(const double* a, const double* b, size_t stride,
                                            const Weights& weights, size_t num_windows, double* out) {
  tile<8>(a, b, stride, weights, num_windows, out);
}
#endif

Tile widest_tile() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) return avx512_tile;
  if (__builtin_cpu_supports("avx2")) return avx2_tile;
#endif
  return plain_tile;
}

}  // namespace

void ssim_windows(const double* a, const double* b, size_t stride, size_t num_rows, size_t num_windows,
                  double* out) {
  static const Weights weights = gaussian();
  static const Tile widest = widest_tile();
  for (size_t x = 0; x < num_windows; x += kTile)
    for (size_t y = 0; y < num_rows; ++y)
      widest(a + y * stride + x, b + y * stride + x, stride, weights, std::min(kTile, num_windows - x),
             out + y * num_windows + x);
}

}  // namespace diorama
