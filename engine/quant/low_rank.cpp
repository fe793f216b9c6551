#include "quant/low_rank.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "quant/linear_algebra.h"

namespace diorama::quant {
namespace {

using Matrix = std::vector<float>;

Matrix transposed(std::span<const float> m, int64_t rows, int64_t columns) {
  Matrix t(m.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      t[static_cast<size_t>(c * rows + r)] = m[static_cast<size_t>(r * columns + c)];
  return t;
}

// -a b; the sign is of no matter to a range.
Matrix minus_product(const Matrix& a, const Matrix& b, int64_t m, int64_t k, int64_t n) {
  Matrix c(static_cast<size_t>(m * n), 0.0f);
  subtract_product(c.data(), n, a.data(), k, b.data(), n, m, k, n);
  return c;
}

// In a fixed order, eight sums side by side.
float dot(const float* a, const float* b, int64_t count) {
  constexpr int64_t kSums = 8;
  float sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums <= count; i += kSums)
    for (int64_t j = 0; j < kSums; ++j) sums[j] += a[i + j] * b[i + j];
  float sum = 0;
  for (const float part : sums) sum += part;
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

// Rows made orthonormal, each twice against those before it; what depends on them becomes zero.
void make_orthonormal(Matrix& m, int64_t rows, int64_t width) {
  constexpr float kNothing = 1e-5f;
  for (int64_t r = 0; r < rows; ++r) {
    float* row = m.data() + r * width;
    const float before = std::sqrt(dot(row, row, width));
    for (int pass = 0; pass < 2; ++pass)
      for (int64_t other = 0; other < r; ++other) {
        const float* done = m.data() + other * width;
        const float along = dot(row, done, width);
        for (int64_t i = 0; i < width; ++i) row[i] -= along * done[i];
      }
    const float left = std::sqrt(dot(row, row, width));
    const float inverse = left > kNothing * before ? 1 / left : 0;
    for (int64_t i = 0; i < width; ++i) row[i] *= inverse;
  }
}

Matrix random_signs(int64_t count) {
  std::mt19937 bits(1);
  Matrix signs(static_cast<size_t>(count));
  for (float& sign : signs) sign = bits() >> 31 == 0 ? 1.0f : -1.0f;
  return signs;
}

}  // namespace

Factors low_rank(std::span<const float> w, int64_t n, int64_t k, int64_t rank, std::span<const float> rows,
                 std::span<const float> columns) {
  constexpr int kPasses = 2;
  Matrix m(w.begin(), w.end());
  for (int64_t r = 0; r < n; ++r)
    for (int64_t c = 0; c < k; ++c)
      m[static_cast<size_t>(r * k + c)] *= rows[static_cast<size_t>(r)] * columns[static_cast<size_t>(c)];
  const Matrix across = transposed(m, n, k);  // [k, n]
  // Directions are rows here, so that products run along long rows.
  Matrix range = minus_product(random_signs(rank * k), across, rank, k, n);
  make_orthonormal(range, rank, n);
  for (int pass = 0; pass < kPasses; ++pass) {
    Matrix inputs = minus_product(range, m, rank, n, k);
    make_orthonormal(inputs, rank, k);
    range = minus_product(inputs, across, rank, k, n);
    make_orthonormal(range, rank, n);
  }
  Factors factors{transposed(range, rank, n), minus_product(range, m, rank, n, k)};
  for (int64_t r = 0; r < n; ++r)
    for (int64_t i = 0; i < rank; ++i)
      factors.a[static_cast<size_t>(r * rank + i)] *= -1 / rows[static_cast<size_t>(r)];
  for (int64_t i = 0; i < rank; ++i)
    for (int64_t c = 0; c < k; ++c)
      factors.b[static_cast<size_t>(i * k + c)] /= columns[static_cast<size_t>(c)];
  return factors;
}

std::vector<float> channel_weights(std::span<const float> values, int64_t width) {
  constexpr float kSmallest = 1e-3f;
  std::vector<float> weights(static_cast<size_t>(width), 0.0f);
  for (size_t i = 0; i < values.size(); ++i) weights[i % weights.size()] += std::abs(values[i]);
  const auto rows = static_cast<float>(values.size() / weights.size());
  for (float& weight : weights) weight = std::sqrt(weight / rows);
  const float largest = *std::max_element(weights.begin(), weights.end());
  for (float& weight : weights) weight = largest > 0 ? std::max(weight, kSmallest * largest) : 1.0f;
  return weights;
}

}  // namespace diorama::quant
