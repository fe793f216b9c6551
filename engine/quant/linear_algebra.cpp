#include "quant/linear_algebra.h"

#include <algorithm>
#include <cmath>

namespace diorama::quant {
namespace {

constexpr int64_t kBlock = 64;

#if defined(__x86_64__)
#define DIORAMA_CLONES __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define DIORAMA_CLONES
#endif

// Four rows of c at once: each row of b is then read once for them.
DIORAMA_CLONES void subtract_four_rows(float* c, int64_t c_stride, const float* a, int64_t a_stride,
                                       const float* b, int64_t b_stride, int64_t k, int64_t n) {
  constexpr int64_t kColumns = 64;
  for (int64_t first = 0; first < n; first += kColumns) {
    const int64_t columns = std::min(kColumns, n - first);
    float sums[4][kColumns] = {};
    for (int64_t i = 0; i < k; ++i) {
      const float* row = b + i * b_stride + first;
      for (int r = 0; r < 4; ++r) {
        const float factor = a[r * a_stride + i];
        if (columns == kColumns)
          for (int64_t j = 0; j < kColumns; ++j) sums[r][j] += factor * row[j];
        else
          for (int64_t j = 0; j < columns; ++j) sums[r][j] += factor * row[j];
      }
    }
    for (int r = 0; r < 4; ++r)
      for (int64_t j = 0; j < columns; ++j) c[r * c_stride + first + j] -= sums[r][j];
  }
}

DIORAMA_CLONES void subtract_row(float* c, const float* a, const float* b, int64_t b_stride, int64_t k,
                                 int64_t n) {
  for (int64_t i = 0; i < k; ++i)
    for (int64_t j = 0; j < n; ++j) c[j] -= a[i] * b[i * b_stride + j];
}

// The lower triangular L with L L^T = a, in place of a's lower triangle.
bool cholesky(float* a, int64_t k, const Team& team) {
  std::vector<float> transposed(static_cast<size_t>(k * kBlock));
  for (int64_t first = 0; first < k; first += kBlock) {
    const int64_t size = std::min(kBlock, k - first);
    // Rows from `first` on, columns of this block: minus what the blocks before explain.
    for (int64_t i = 0; i < first; ++i)
      for (int64_t j = 0; j < size; ++j)
        transposed[static_cast<size_t>(i * kBlock + j)] = a[(first + j) * k + i];
    subtract_product(a + first * k + first, k, a + first * k, k, transposed.data(), kBlock, k - first, first,
                     size, team);
    for (int64_t j = first; j < first + size; ++j) {
      double pivot = a[j * k + j];
      for (int64_t i = first; i < j; ++i)
        pivot -= static_cast<double>(a[j * k + i]) * static_cast<double>(a[j * k + i]);
      if (!(pivot > 0)) return false;
      const float root = static_cast<float>(std::sqrt(pivot));
      a[j * k + j] = root;
      const float inverse = 1 / root;
      for_each(team, k - j - 1, j - first, [&](int64_t below) {
        const int64_t r = j + 1 + below;
        float sum = a[r * k + j];
        for (int64_t i = first; i < j; ++i) sum -= a[r * k + i] * a[j * k + i];
        a[r * k + j] = sum * inverse;
      });
    }
  }
  return true;
}

// The inverse of a lower triangular matrix, into `x`.
void invert_lower(const float* l, int64_t k, float* x, const Team& team) {
  for (int64_t first = 0; first < k; first += kBlock) {
    const int64_t size = std::min(kBlock, k - first);
    float* rows = x + first * k;
    std::fill_n(rows, size * k, 0.0f);
    for (int64_t i = 0; i < size; ++i) rows[i * k + first + i] = 1;
    subtract_product(rows, k, l + first * k, k, x, k, size, first, first + size, team);
    for (int64_t i = 0; i < size; ++i) {
      float* row = rows + i * k;
      subtract_row(row, l + (first + i) * k + first, rows, k, i, first + size);
      const float inverse = 1 / l[(first + i) * k + first + i];
      for (int64_t j = 0; j < first + size; ++j) row[j] *= inverse;
    }
  }
}

}  // namespace

void subtract_product(float* c, int64_t c_stride, const float* a, int64_t a_stride, const float* b,
                      int64_t b_stride, int64_t m, int64_t k, int64_t n, const Team& team) {
  if (k == 0 || n == 0) return;
  // Strips of columns where there are few rows, so that every thread has work.
  constexpr int64_t kColumns = 512, kRows = 4;
  const int64_t strips = (n + kColumns - 1) / kColumns;
  const int64_t bands = (m + kRows - 1) / kRows;
  for_each(team, strips * bands, kRows * k * std::min(kColumns, n), [&](int64_t tile) {
    const int64_t first = tile / bands * kColumns;
    const int64_t columns = std::min(kColumns, n - first);
    const int64_t r = tile % bands * kRows;
    if (r + kRows <= m)
      return subtract_four_rows(c + r * c_stride + first, c_stride, a + r * a_stride, a_stride, b + first,
                                b_stride, k, columns);
    for (int64_t i = r; i < m; ++i)
      subtract_row(c + i * c_stride + first, a + i * a_stride, b + first, b_stride, k, columns);
  });
}

std::vector<float> gram(std::span<const float> x, int64_t rows, int64_t k, const Team& team) {
  std::vector<float> minus(x.size());  // [k, rows]
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t i = 0; i < k; ++i)
      minus[static_cast<size_t>(i * rows + r)] = -x[static_cast<size_t>(r * k + i)];
  std::vector<float> h(static_cast<size_t>(k * k), 0.0f);
  subtract_product(h.data(), k, minus.data(), rows, x.data(), k, k, rows, k, team);
  return h;
}

// With J the reversal of the order: J H J = L L^T, so H = V V^T with V = J L J upper triangular, H^-1 =
// (V^-1)^T V^-1, and V^-1 = J L^-1 J.
bool inverse_cholesky(std::span<float> h, int64_t k, const Team& team) {
  std::reverse(h.begin(), h.end());
  if (!cholesky(h.data(), k, team)) return false;
  std::vector<float> inverse(h.size());
  invert_lower(h.data(), k, inverse.data(), team);
  std::reverse_copy(inverse.begin(), inverse.end(), h.begin());
  return true;
}

}  // namespace diorama::quant
