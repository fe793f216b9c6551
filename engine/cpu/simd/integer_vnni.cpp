#include "cpu/simd/attention_codes.h"
#include "cpu/simd/integer.h"

#if defined(__AVX2__)

#pragma GCC push_options
#if defined(__AVX512F__)
#pragma GCC target("avx512vnni")
#else
#pragma GCC target("avxvnni")
#endif

// Dot products of unsigned with signed bytes: the levels are the unsigned ones, packed with 128 added.
namespace diorama::cpu::DIORAMA_ISA {
namespace {

constexpr int kOffset = 128;
#if defined(__AVX512F__)
using Register = __m512i;
constexpr int kVecs = 4;  // 24 sums, 4 registers of levels and one of x fit into 32
Register load_levels(const std::byte* from) {
  return _mm512_loadu_si512(from);
}
Register dot(Register sum, Register levels, int32_t x) {
  return _mm512_dpbusd_epi32(sum, levels, _mm512_set1_epi32(x));
}
void store_sums(int32_t* to, Register sums) {
  _mm512_storeu_si512(to, sums);
}
#else
using Register = __m256i;
constexpr int kVecs = 2;  // 12, 2 and one into 16
Register load_levels(const std::byte* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
Register dot(Register sum, Register levels, int32_t x) {
  return _mm256_dpbusd_avx_epi32(sum, levels, _mm256_set1_epi32(x));
}
void store_sums(int32_t* to, Register sums) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), sums);
}
#endif

// R rows by V registers of columns, from `levels` on.
template <int R, int V>
void multiply_columns(const IntegerTile& t, const std::byte* levels, int32_t* sums) {
  Register totals[R][V] = {};
  const std::byte* x[R];
#pragma GCC unroll 6
  for (int r = 0; r < R; ++r) x[r] = t.x + r * t.x_stride;
  for (int64_t k = 0; k < t.k; k += 4, levels += 4 * kPanel) {
    Register w[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) w[v] = load_levels(levels + v * sizeof(Register));
#pragma GCC unroll 6
    for (int r = 0; r < R; ++r) {
      int32_t four;
      __builtin_memcpy(&four, x[r] + k, sizeof four);
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) totals[r][v] = dot(totals[r][v], w[v], four);
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) store_sums(sums + r * kPanel + v * kLanes, totals[r][v]);
}

template <int R>
void multiply_rows(const IntegerTile& t) {
  constexpr int kColumns = kVecs * kLanes;
  int64_t column = 0;
  for (; column + kColumns <= t.columns; column += kColumns)
    multiply_columns<R, kVecs>(t, t.levels + column * 4, t.sums + column);
  for (; column < t.columns; column += kLanes)
    multiply_columns<R, 1>(t, t.levels + column * 4, t.sums + column);
}

void multiply_tile(const IntegerTile& t) {
  switch (t.rows) {
    case 1:
      return multiply_rows<1>(t);
    case 2:
      return multiply_rows<2>(t);
    case 3:
      return multiply_rows<3>(t);
    case 4:
      return multiply_rows<4>(t);
    case 5:
      return multiply_rows<5>(t);
    default:
      return multiply_rows<kTileRows>(t);
  }
}

}  // namespace

void attend_codes_vnni(const AttentionTask& task) {
  attend_with_codes(task, kOffset, multiply_tile);
}

void multiply_integer_vnni(const IntegerTask& task) {
  multiply_integers(task, kOffset, multiply_tile);
}

}  // namespace diorama::cpu::DIORAMA_ISA

#pragma GCC pop_options

#endif
