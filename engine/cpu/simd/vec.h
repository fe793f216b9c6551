// One vector of floats for each instruction set. This file is compiled once per set, in a namespace of that
// name, and everything in it is static: no inline function with AVX-512 inside may reach the rest of the
// program.
#pragma once

#if defined(__AVX2__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // both in GCC 12's own header
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#else
#include "base/half.h"
#endif

#include <cstdint>
#include <utility>

#include "tensor/dtype.h"

namespace diorama::cpu::DIORAMA_ISA {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

using Vec = float __attribute__((vector_size(kLanes * 4)));
using IntVec = int32_t __attribute__((vector_size(kLanes * 4)));
using BitVec = uint32_t __attribute__((vector_size(kLanes * 4)));
using HalfVec = uint16_t __attribute__((vector_size(kLanes * 2)));

static inline int64_t min_of(int64_t a, int64_t b) {
  return a < b ? a : b;
}
static inline int lanes_left(int64_t begin, int64_t end) {
  return static_cast<int>(min_of(kLanes, end - begin));
}

static inline int64_t element_size(DType type) {
  return type == DType::f32 ? 4 : 2;
}

static inline Vec broadcast(float value) {
  return value - Vec{};
}

static inline Vec load(const float* from) {
  Vec v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
static inline void store(float* to, Vec v) {
  __builtin_memcpy(to, &v, sizeof v);
}

// The first `count` lanes; the others read as 0.
static inline Vec load(const float* from, int count) {
  if (count == kLanes) return load(from);
#if defined(__AVX512F__)
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), from);
#else
  Vec v{};
  __builtin_memcpy(&v, from, static_cast<size_t>(count) * 4);
  return v;
#endif
}
static inline void store(float* to, Vec v, int count) {
  if (count == kLanes) return store(to, v);
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), v);
#else
  __builtin_memcpy(to, &v, static_cast<size_t>(count) * 4);
#endif
}

static inline Vec fma(Vec a, Vec b, Vec c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

static inline Vec max(Vec a, Vec b) {
#if defined(__AVX512F__)
  return _mm512_max_ps(a, b);
#elif defined(__AVX2__)
  return _mm256_max_ps(a, b);
#else
  return a > b ? a : b;
#endif
}
static inline Vec min(Vec a, Vec b) {
#if defined(__AVX512F__)
  return _mm512_min_ps(a, b);
#elif defined(__AVX2__)
  return _mm256_min_ps(a, b);
#else
  return a < b ? a : b;
#endif
}

// Zero beyond the first `count` lanes.
static inline Vec first_lanes(Vec v, int count) {
  float lanes[kLanes];
  store(lanes, v);
  return load(lanes, count);
}

using LaneNumbers = std::make_integer_sequence<int, kLanes>;

// From lane First on: a[i], b[i], a[i + 1], b[i + 1], ...
template <int First, int... I>
static inline Vec interleave(Vec a, Vec b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, (First + I / 2 + I % 2 * kLanes)...);
}

// Rows become columns.
static inline void transpose(Vec (&rows)[kLanes]) {
#pragma GCC unroll 4
  for (int stage = 1; stage < kLanes; stage *= 2) {
    Vec next[kLanes];
#pragma GCC unroll 8
    for (int i = 0; i < kLanes / 2; ++i) {
      next[2 * i] = interleave<0>(rows[i], rows[i + kLanes / 2], LaneNumbers());
      next[2 * i + 1] = interleave<kLanes / 2>(rows[i], rows[i + kLanes / 2], LaneNumbers());
    }
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
}

// Lane i and lane i ^ Distance change places.
template <int Distance, int... I>
static inline Vec swapped(Vec v, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(v, v, (I ^ Distance)...);
}
template <int Distance = kLanes / 2>
static inline float sum(Vec v) {
  v += swapped<Distance>(v, LaneNumbers());
  if constexpr (Distance == 1)
    return v[0];
  else
    return sum<Distance / 2>(v);
}
template <int Distance = kLanes / 2>
static inline float largest(Vec v) {
  v = max(v, swapped<Distance>(v, LaneNumbers()));
  if constexpr (Distance == 1)
    return v[0];
  else
    return largest<Distance / 2>(v);
}

static inline Vec from_f16(HalfVec bits) {
#if defined(__AVX512F__)
  return _mm512_cvtph_ps(reinterpret_cast<__m256i>(bits));
#elif defined(__AVX2__)
  return _mm256_cvtph_ps(reinterpret_cast<__m128i>(bits));
#else
  Vec v;
  for (int i = 0; i < kLanes; ++i) v[i] = f16_to_f32(bits[i]);
  return v;
#endif
}
static inline HalfVec to_f16(Vec v) {
#if defined(__AVX512F__)
  return reinterpret_cast<HalfVec>(_mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
#elif defined(__AVX2__)
  return reinterpret_cast<HalfVec>(_mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
#else
  HalfVec bits;
  for (int i = 0; i < kLanes; ++i) bits[i] = f32_to_f16(v[i]);
  return bits;
#endif
}

static inline Vec from_bf16(HalfVec bits) {
  return reinterpret_cast<Vec>(__builtin_convertvector(bits, BitVec) << 16);
}
static inline HalfVec to_bf16(Vec v) {
  const BitVec bits = reinterpret_cast<BitVec>(v);
  const BitVec rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
  return __builtin_convertvector((v == v ? rounded : (bits | 0x400000u)) >> 16, HalfVec);
}

// Elements [i, i + count) of an array of any float type.
static inline Vec load_as(DType type, const void* from, int64_t i, int count) {
  if (type == DType::f32) return load(static_cast<const float*>(from) + i, count);
  HalfVec bits{};
  __builtin_memcpy(&bits, static_cast<const uint16_t*>(from) + i,
                   count == kLanes ? sizeof bits : static_cast<size_t>(count) * 2);
  return type == DType::f16 ? from_f16(bits) : from_bf16(bits);
}
static inline void store_as(DType type, void* to, int64_t i, Vec v, int count) {
  if (type == DType::f32) return store(static_cast<float*>(to) + i, v, count);
  const HalfVec bits = type == DType::f16 ? to_f16(v) : to_bf16(v);
  __builtin_memcpy(static_cast<uint16_t*>(to) + i, &bits,
                   count == kLanes ? sizeof bits : static_cast<size_t>(count) * 2);
}

}  // namespace diorama::cpu::DIORAMA_ISA
