// exp and the activations, relative error about 2e-7 where the argument is well conditioned.
#pragma once

#include "cpu/simd/vec.h"
#include "tensor/kernel_args.h"

namespace diorama::cpu::DIORAMA_ISA {

// Of x brought into [-87.3, 88.3], where the result is a normal float. A NaN stays one: of two operands max
// and min return the second where they do not compare.
static inline Vec exp(Vec x) {
  const Vec clamped = min(broadcast(88.3f), max(broadcast(-87.3f), x));
  // x = n ln 2 + r, |r| <= ln 2 / 2; adding 1.5 * 2^23 rounds to an integer.
  const Vec shifted = fma(clamped, broadcast(1.44269504f), broadcast(0x1.8p23f));
  const Vec n = shifted - 0x1.8p23f;
  const Vec r = fma(n, broadcast(-1.42860677e-6f), fma(n, broadcast(-0.693145752f), clamped));
  Vec p = broadcast(1.9875691500e-4f);
  p = fma(p, r, broadcast(1.3981999507e-3f));
  p = fma(p, r, broadcast(8.3334519073e-3f));
  p = fma(p, r, broadcast(4.1665795894e-2f));
  p = fma(p, r, broadcast(1.6666665459e-1f));
  p = fma(p, r, broadcast(5.0000001201e-1f));
  p = fma(p, r * r, r) + 1.0f;
  const IntVec exponent = reinterpret_cast<IntVec>(shifted) << 23;  // n in the low bits of `shifted`
  return reinterpret_cast<Vec>(reinterpret_cast<IntVec>(p) + exponent);
}

// x / y for y in [1, 1e38]; to within a unit in the last place.
static inline Vec divide(Vec x, Vec y) {
#if defined(__AVX512F__)
  // One step of Newton from 14 bits; the division itself would take as long as the exponential.
  const Vec r = _mm512_rcp14_ps(y);
  return x * fma(r, fma(-y, r, broadcast(1.0f)), r);
#else
  return x / y;
#endif
}

static inline Vec silu(Vec x) {
  return divide(x, exp(-x) + 1.0f);
}

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) as x * sigmoid of twice the argument.
static inline Vec gelu_tanh(Vec x) {
  const Vec inner = fma(x * x, broadcast(0.0713548163f), broadcast(1.59576912f));
  return divide(x, exp(-(x * inner)) + 1.0f);
}

static inline Vec tanh(Vec x) {
  const Vec magnitude = max(x, -x);
  const Vec e = exp(magnitude * -2.0f);
  const Vec t = (1.0f - e) / (1.0f + e);
  return x < 0.0f ? -t : t;
}

static inline Vec activate(Activation activation, Vec x) {
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::silu:
      return silu(x);
    case Activation::gelu_tanh:
      return gelu_tanh(x);
    case Activation::relu:
      return max(Vec{}, x);
  }
  return x;
}

}  // namespace diorama::cpu::DIORAMA_ISA
