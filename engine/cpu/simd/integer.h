// Products of 8-bit codes: what the sets with and without dot products of bytes (VNNI) share.
#pragma once

#include "cpu/simd/epilogue.h"
#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {

// sums[rows][64] = x[rows, k] levels[64, k]^T, in int32.
struct IntegerTile {
  const std::byte* x;  // codes
  int64_t x_stride;
  const std::byte* levels;  // [k / 4][64][4]
  int64_t k;
  int64_t rows;     // at most kTileRows
  int64_t columns;  // wanted; more may be written
  int32_t* sums;
};

// For 16 codes q + 8 the levels round_half_even(scale * q) plus `offset`.
static inline void make_table(float scale, int offset, int8_t* table) {
#if defined(__AVX512F__)
  const __m512 q = _mm512_set_ps(7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8);
  const __m128i levels = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(_mm512_mul_ps(_mm512_set1_ps(scale), q)));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(table),
                   _mm_add_epi8(levels, _mm_set1_epi8(static_cast<char>(offset))));
#else
  constexpr float kMagic = 0x1.8p23f;  // rounds half to even, in the low bits
  for (int i = 0; i < 16; ++i) {
    const float shifted = scale * static_cast<float>(i - 8) + kMagic;
    int32_t bits = 0;
    __builtin_memcpy(&bits, &shifted, sizeof bits);
    table[i] = static_cast<int8_t>(bits + offset);
  }
#endif
}

// 16 K of 16 columns: from four pieces [4 columns][16 of K] to [4 of K / 4][16 of the 64 columns][4].
#if defined(__AVX512F__)
static inline void store_columns(const __m512i (&v)[4], std::byte* to) {
  const __m512i a = _mm512_unpacklo_epi32(v[0], v[1]);
  const __m512i b = _mm512_unpackhi_epi32(v[0], v[1]);
  const __m512i c = _mm512_unpacklo_epi32(v[2], v[3]);
  const __m512i d = _mm512_unpackhi_epi32(v[2], v[3]);
  _mm512_storeu_si512(to, _mm512_unpacklo_epi64(a, c));
  _mm512_storeu_si512(to + 4 * kPanel, _mm512_unpackhi_epi64(a, c));
  _mm512_storeu_si512(to + 8 * kPanel, _mm512_unpacklo_epi64(b, d));
  _mm512_storeu_si512(to + 12 * kPanel, _mm512_unpackhi_epi64(b, d));
}
#elif defined(__AVX2__)
static inline void store_columns(const __m128i (&v)[4], std::byte* to) {
  const __m128i a = _mm_unpacklo_epi32(v[0], v[1]);
  const __m128i b = _mm_unpackhi_epi32(v[0], v[1]);
  const __m128i c = _mm_unpacklo_epi32(v[2], v[3]);
  const __m128i d = _mm_unpackhi_epi32(v[2], v[3]);
  const auto put = [to](int i, __m128i value) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 4 * kPanel * i), value);
  };
  put(0, _mm_unpacklo_epi64(a, c));
  put(1, _mm_unpackhi_epi64(a, c));
  put(2, _mm_unpacklo_epi64(b, d));
  put(3, _mm_unpackhi_epi64(b, d));
}
#endif

// 32 K of a strip: `codes` [4][4][16] nibble pairs, `tables` [4][4][16] of the same columns.
static inline void decode_piece(const std::byte* codes, const int8_t* tables, std::byte* levels) {
#if defined(__AVX512F__)
  const __m512i nibble = _mm512_set1_epi8(15);
  __m512i low[4];
  __m512i high[4];
  for (int v = 0; v < 4; ++v) {
    const __m512i pairs = _mm512_loadu_si512(codes + 64 * v);
    const __m512i table = _mm512_loadu_si512(tables + 64 * v);
    low[v] = _mm512_shuffle_epi8(table, _mm512_and_si512(pairs, nibble));
    high[v] = _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(pairs, 4), nibble));
  }
  store_columns(low, levels);
  store_columns(high, levels + 16 * kPanel);
#elif defined(__AVX2__)
  const __m128i nibble = _mm_set1_epi8(15);
  for (int c = 0; c < 4; ++c) {
    __m128i low[4];
    __m128i high[4];
    for (int v = 0; v < 4; ++v) {
      const __m128i pairs = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codes + 64 * v + 16 * c));
      const __m128i table = _mm_loadu_si128(reinterpret_cast<const __m128i*>(tables + 64 * v + 16 * c));
      low[v] = _mm_shuffle_epi8(table, _mm_and_si128(pairs, nibble));
      high[v] = _mm_shuffle_epi8(table, _mm_and_si128(_mm_srli_epi16(pairs, 4), nibble));
    }
    store_columns(low, levels + 16 * c);
    store_columns(high, levels + 16 * kPanel + 16 * c);
  }
#else
  for (int v = 0; v < 4; ++v)
    for (int c = 0; c < 4; ++c)
      for (int j = 0; j < 16; ++j) {
        const auto pair = static_cast<unsigned>(codes[64 * v + 16 * c + j]);
        const int8_t* table = tables + 64 * v + 16 * c;
        const int to = j / 4 * 4 * kPanel + (4 * c + v) * 4 + j % 4;
        levels[to] = static_cast<std::byte>(table[pair & 15]);
        levels[to + 16 * kPanel] = static_cast<std::byte>(table[pair >> 4]);
      }
#endif
}

// Levels plus `offset` of a panel of 4-bit codes, [k / 4][64][4].
static inline void decode_panel(const IntegerTask& t, int64_t panel, int offset, std::byte* levels) {
  const std::byte* codes = t.codes + panel * kPanel * t.k / 2;
  const uint16_t* scales = t.group_scales + panel * kPanel * (t.k / t.group);
  for (int64_t first = 0; first < t.k; first += t.group, scales += kPanel) {
    int8_t tables[16 * kPanel];
    for (int column = 0; column < kPanel; column += kLanes) {
      HalfVec bits;
      __builtin_memcpy(&bits, scales + column, sizeof bits);
      const Vec steps = from_f16(bits);
      for (int c = column; c < column + kLanes; ++c)
        make_table(steps[c - column], offset, tables + c / 16 * 256 + c % 4 * 64 + c % 16 / 4 * 16);
    }
    for (int64_t k = first; k < first + t.group; k += 32, levels += 32 * kPanel)
      for (int strip = 0; strip < 4; ++strip, codes += 256)
        decode_piece(codes, tables + strip * 256, levels + strip * 64);
  }
}

// Rows by panels through `tile`; weights are packed (or decoded) with `offset` added to their levels.
template <typename TileFunction>
static inline void multiply_integers(const IntegerTask& t, int offset, TileFunction tile) {
  std::byte* decoded = t.scratch;
  auto* sums = reinterpret_cast<int32_t*>(decoded + kPanel * t.k);
  for (int64_t panel = t.first_panel; panel < t.end_panel; ++panel) {
    const std::byte* levels = t.codes + panel * kPanel * t.k;
    if (t.group_scales != nullptr) {
      decode_panel(t, panel, offset, decoded);
      levels = decoded;
    }
    const int64_t column = panel * kPanel;
    const int64_t end_column = min_of(t.n, column + kPanel);
    for (int64_t r = 0; r < t.num_rows; r += kTileRows) {
      const int64_t rows = min_of(kTileRows, t.num_rows - r);
      const std::byte* x = t.x + r * t.x_stride;
      tile(IntegerTile{x, t.x_stride, levels, t.k, rows, kPanel, sums});
      for (int64_t i = 0; i < rows; ++i) {
        float scale = 0;
        uint32_t sum = 0;
        __builtin_memcpy(&scale, x + i * t.x_stride + t.k, sizeof scale);
        __builtin_memcpy(&sum, x + i * t.x_stride + t.k + 4, sizeof sum);
        const uint32_t excess = static_cast<uint32_t>(offset) * sum;
        finish(t.epilogue, t.first_row + r + i, column, end_column, [&](int64_t c, int count) {
          BitVec v;
          __builtin_memcpy(&v, sums + i * kPanel + (c - column), sizeof v);
          return __builtin_convertvector(reinterpret_cast<IntVec>(v - excess), Vec) * scale *
                 load(t.row_scales + c, count);
        });
      }
    }
  }
}

}  // namespace diorama::cpu::DIORAMA_ISA
