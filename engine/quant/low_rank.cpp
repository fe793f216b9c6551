#include "quant/low_rank.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "quant/linear_algebra.h"

namespace diorama::quant {
namespace {

using Matrix = std::vector<float>;

Matrix transposed(std::span<const float> m, int64_t rows, int64_t columns) {
  constexpr int64_t kTile = 16;  // lines of the cache stay while they are written
  Matrix t(m.size());
  for (int64_t first = 0; first < rows; first += kTile)
    for (int64_t c = 0; c < columns; ++c)
      for (int64_t r = first; r < std::min(first + kTile, rows); ++r)
        t[static_cast<size_t>(c * rows + r)] = m[static_cast<size_t>(r * columns + c)];
  return t;
}

void scale_columns(Matrix& m, int64_t rows, int64_t columns, std::span<const float> scale) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      m[static_cast<size_t>(r * columns + c)] *= scale[static_cast<size_t>(c)];
}

// -a b, columns times `scale`; the sign is of no matter to a range.
Matrix minus_product(const Matrix& a, std::span<const float> b, int64_t m, int64_t k, int64_t n,
                     std::span<const float> scale, const Team& team) {
  Matrix c(static_cast<size_t>(m * n), 0.0f);
  subtract_product(c.data(), n, a.data(), k, b.data(), n, m, k, n, team);
  scale_columns(c, m, n, scale);
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
  uint32_t drawn = 0;
  for (size_t i = 0; i < signs.size(); ++i, drawn >>= 1) {
    if (i % 32 == 0) drawn = static_cast<uint32_t>(bits());
    signs[i] = (drawn & 1) == 0 ? 1.0f : -1.0f;
  }
  return signs;
}

}  // namespace

// With M = diag(rows) w diag(columns), whose scales go to the thin side of each product.
Factors low_rank(std::span<const float> w, int64_t n, int64_t k, int64_t rank, std::span<const float> rows,
                 std::span<const float> columns, const Team& team) {
  constexpr int kPasses = 1;
  const Matrix across = transposed(w, n, k);  // [k, n]
  // Directions are rows here, so that products run along long rows.
  Matrix inputs = random_signs(rank * k);
  Matrix range;
  for (int pass = 0;; ++pass) {
    scale_columns(inputs, rank, k, columns);
    range = minus_product(inputs, across, rank, k, n, rows, team);
    make_orthonormal(range, rank, n);
    if (pass == kPasses) break;
    scale_columns(range, rank, n, rows);
    inputs = minus_product(range, w, rank, n, k, columns, team);
    make_orthonormal(inputs, rank, k);
  }
  // b = range M diag(1 / columns) and a = diag(1 / rows) range^T, of which one is minus what it should be.
  Matrix scaled = range;
  scale_columns(scaled, rank, n, rows);
  const Matrix ones(static_cast<size_t>(k), 1.0f);
  Factors factors{{}, minus_product(scaled, w, rank, n, k, ones, team)};
  Matrix inverse(rows.begin(), rows.end());
  for (float& value : inverse) value = -1 / value;
  scale_columns(range, rank, n, inverse);
  factors.a = transposed(range, rank, n);
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
