#include "cpu/simd/integer.h"
#include "cpu/simd/attention_codes.h"

namespace diorama::cpu::DIORAMA_ISA {
namespace {

#if defined(__AVX2__)

__m256i widen(const std::byte* bytes) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
}

// Pairs of 16-bit products: byte products of AVX2 saturate, these cannot. A register holds four columns, two
// sums each.
template <int R>
void multiply_strip(const IntegerTile& t, int64_t row, const std::byte* levels, int32_t* sums) {
  __m256i pairs[R][4];
  for (auto& of_row : pairs)
    for (__m256i& sum : of_row) sum = _mm256_setzero_si256();
  for (int64_t k = 0; k < t.k; k += 4, levels += 4 * kPanel) {
    __m256i x[R];
#pragma GCC unroll 3
    for (int r = 0; r < R; ++r) {
      int32_t four = 0;
      __builtin_memcpy(&four, t.x + (row + r) * t.x_stride + k, sizeof four);
      x[r] = _mm256_cvtepi8_epi16(_mm_set1_epi32(four));
    }
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
      const __m256i w = widen(levels + 16 * v);
#pragma GCC unroll 3
      for (int r = 0; r < R; ++r) pairs[r][v] = _mm256_add_epi32(pairs[r][v], _mm256_madd_epi16(x[r], w));
    }
  }
  for (int r = 0; r < R; ++r)
    for (int half = 0; half < 2; ++half) {
      const __m256i both = _mm256_hadd_epi32(pairs[r][2 * half], pairs[r][2 * half + 1]);
      const __m256i in_order = _mm256_permute4x64_epi64(both, 0b11011000);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + r * kPanel + 8 * half), in_order);
    }
}

void multiply_tile(const IntegerTile& t) {
  for (int64_t column = 0; column < t.columns; column += kStrip) {
    int64_t row = 0;
    for (; row + 3 <= t.rows; row += 3)
      multiply_strip<3>(t, row, t.levels + column * 4, t.sums + row * kPanel + column);
    for (; row < t.rows; ++row)
      multiply_strip<1>(t, row, t.levels + column * 4, t.sums + row * kPanel + column);
  }
}

#else

void multiply_tile(const IntegerTile& t) {
  for (int64_t r = 0; r < t.rows; ++r) {
    const auto* x = reinterpret_cast<const int8_t*>(t.x + r * t.x_stride);
    const auto* levels = reinterpret_cast<const int8_t*>(t.levels);
    int32_t sums[kPanel] = {};
    for (int64_t k = 0; k < t.k; k += 4, levels += 4 * kPanel)
      for (int c = 0; c < kPanel; ++c)
        for (int i = 0; i < 4; ++i) sums[c] += x[k + i] * levels[4 * c + i];
    __builtin_memcpy(t.sums + r * kPanel, sums, sizeof sums);
  }
}

#endif

}  // namespace

void attend_codes(const AttentionTask& task) {
  attend_with_codes(task, 0, multiply_tile);
}

void multiply_integer(const IntegerTask& task) {
  multiply_integers(task, 0, multiply_tile);
}

}  // namespace diorama::cpu::DIORAMA_ISA
