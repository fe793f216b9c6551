// The register tile under every product: c[R, V vectors] (+)= a[R, depth] b[depth, V vectors]. Each sum runs
// over the depth in order, so a result depends neither on R nor on what else is computed beside it.
#pragma once

#include "cpu/simd/vec.h"

namespace diorama::cpu::DIORAMA_ISA {

// 24 sums, 4 vectors of b and a broadcast fit into the 32 registers of AVX-512; 12 + 2 + 1 into 16.
#if defined(__AVX512F__)
constexpr int kTileVecs = 4;
#else
constexpr int kTileVecs = 2;
#endif

constexpr int64_t kFetchBytes = 128;  // two cache lines for four steps of the depth

struct Tile {
  const float* a;
  int64_t a_stride;
  const float* b;
  int64_t b_stride;
  int64_t depth;
  float* c;
  int64_t c_stride;
  bool add;                    // to what c holds
  const void* next = nullptr;  // bytes wanted soon: kFetchBytes of them for every four steps are brought near
};

template <int R, int V>
static void multiply_tile(const Tile& t) {
  Vec sums[R][V];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) sums[r][v] = t.add ? load(t.c + r * t.c_stride + v * kLanes) : Vec{};
  const float* a[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) a[r] = t.a + r * t.a_stride;
  const float* b = t.b;
  const auto step = [&](int64_t k) __attribute__((always_inline)) {
    Vec column[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) column[v] = load(b + v * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const Vec value = broadcast(a[r][k]);
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) sums[r][v] = fma(value, column[v], sums[r][v]);
    }
    b += t.b_stride;
  };

  const char* next = static_cast<const char*>(t.next == nullptr ? t.b : t.next);
  const int64_t next_step = t.next == nullptr ? 0 : kFetchBytes;
  int64_t k = 0;
  for (; k + 4 <= t.depth; k += 4, next += next_step) {
    __builtin_prefetch(next, 0, 2);
    __builtin_prefetch(next + kFetchBytes / 2, 0, 2);
    step(k);
    step(k + 1);
    step(k + 2);
    step(k + 3);
  }
  for (; k < t.depth; ++k) step(k);
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < V; ++v) store(t.c + r * t.c_stride + v * kLanes, sums[r][v]);
}

template <int V>
static void multiply_vecs(const Tile& t, int64_t rows) {
  switch (rows) {
    case 1:
      return multiply_tile<1, V>(t);
    case 2:
      return multiply_tile<2, V>(t);
    case 3:
      return multiply_tile<3, V>(t);
    case 4:
      return multiply_tile<4, V>(t);
    case 5:
      return multiply_tile<5, V>(t);
    default:
      return multiply_tile<kTileRows, V>(t);
  }
}

// c[rows, vecs] (+)= a b, rows <= kTileRows. Vectors are taken in groups of like size: 5 are 3 and 2, not 4
// and 1.
static inline void multiply(Tile t, int64_t rows, int64_t vecs) {
  for (int64_t groups = (vecs + kTileVecs - 1) / kTileVecs; groups > 0; --groups) {
    const int64_t width = (vecs + groups - 1) / groups;
    switch (width) {
      case 1:
        multiply_vecs<1>(t, rows);
        break;
      case 2:
        multiply_vecs<2>(t, rows);
        break;
      case 3:
        multiply_vecs<kTileVecs == 4 ? 3 : 1>(t, rows);
        break;
      default:
        multiply_vecs<kTileVecs>(t, rows);
        break;
    }
    t.b += width * kLanes;
    t.c += width * kLanes;
    vecs -= width;
  }
}

}  // namespace diorama::cpu::DIORAMA_ISA
