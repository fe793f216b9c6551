#include "cpu/simd/math.h"
#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {
namespace {

// One stage of formats/hadamard.h over elements that lie at least a vector apart.
void rotate_wide(float* x, int64_t k, int64_t apart) {
  for (int64_t block = 0; block < k; block += 4 * apart)
    for (float* a = x + block; a < x + block + apart; a += kLanes) {
      const Vec v[4] = {load(a), load(a + apart), load(a + 2 * apart), load(a + 3 * apart)};
      const Vec sum = (v[0] + v[1]) + (v[2] + v[3]);
      for (int i = 0; i < 4; ++i) store(a + i * apart, sum - 2.0f * v[3 - i]);
    }
}

// Within groups of four lanes `Apart` lanes apart: lane i ^ distance for the other three.
template <int Apart>
Vec rotate_lanes(Vec v) {
  const Vec one = swapped<Apart>(v, LaneNumbers());
  const Vec two = swapped<2 * Apart>(v, LaneNumbers());
  const Vec three = swapped<3 * Apart>(v, LaneNumbers());  // of lane i: the one whose sign differs
  // The pairs of formats/hadamard.h, each sum the same whichever lane it is made in.
  return ((v + one) + (two + three)) - 2.0f * three;
}

void rotate_narrow(float* x, int64_t k, int order) {
  for (int64_t i = 0; i < k; i += kLanes) {
    const int count = lanes_left(i, k);
    Vec v = rotate_lanes<1>(load(x + i, count));
    if constexpr (kLanes == 16)
      if (order >= 16) v = rotate_lanes<4>(v);
    store(x + i, v, count);
  }
}

// Of 8 or 4 lanes the stages 4 apart reach across vectors.
void rotate_four_apart(float* x, int64_t k) {
  if constexpr (kLanes <= 4) {
    rotate_wide(x, k, 4);
  } else {
    for (int64_t block = 0; block < k; block += 16)
      for (int64_t i = block; i < block + 4; ++i) {
        const float sum = (x[i] + x[i + 4]) + (x[i + 8] + x[i + 12]);
        const float v[4] = {x[i], x[i + 4], x[i + 8], x[i + 12]};
        for (int j = 0; j < 4; ++j) x[i + 4 * j] = sum - 2.0f * v[3 - j];
      }
  }
}

// scratch = act(x) * multiplier, with the stages within 64 elements while they are in registers.
void condition_blocks(const QuantiseTask& t, const float* x) {
  for (int64_t block = 0; block < t.width; block += 64) {
    Vec v[4];
    for (int i = 0; i < 4; ++i) {
      v[i] = activate(t.activation, load(x + block + i * kLanes));
      if (t.multiplier != nullptr) v[i] *= load(t.multiplier + block + i * kLanes);
      v[i] = rotate_lanes<4 % kLanes>(rotate_lanes<1>(v[i]));
    }
    const Vec sum = (v[0] + v[1]) + (v[2] + v[3]);
    for (int i = 0; i < 4; ++i) store(t.scratch + block + i * kLanes, sum - 2.0f * v[3 - i]);
  }
  for (int64_t apart = 64; apart < t.rotation; apart *= 4) rotate_wide(t.scratch, t.width, apart);
}

void condition(const QuantiseTask& t, const float* x) {
  if (kLanes == 16 && t.rotation >= 64) return condition_blocks(t, x);
  for (int64_t i = 0; i < t.width; i += kLanes) {
    const int count = lanes_left(i, t.width);
    Vec v = activate(t.activation, load(x + i, count));
    if (t.multiplier != nullptr) v *= load(t.multiplier + i, count);
    store(t.scratch + i, v, count);
  }
  if (t.rotation == 1) return;
  rotate_narrow(t.scratch, t.width, t.rotation);
  if (kLanes < 16 && t.rotation >= 16) rotate_four_apart(t.scratch, t.width);
  for (int64_t apart = 16; apart < t.rotation; apart *= 4) rotate_wide(t.scratch, t.width, apart);
}

}  // namespace

void quantise_row(const QuantiseTask& t, const float* x, std::byte* y) {
  if (t.multiplier != nullptr || t.rotation > 1 || t.activation != Activation::none) {
    condition(t, x);
    x = t.scratch;
  }
  Vec largest_of_lanes{};
  Vec unusable{};  // NaN where a value is none or infinite, else 0: codes could not say so
  for (int64_t i = 0; i < t.width; i += kLanes) {
    const Vec v = load(x + i, lanes_left(i, t.width));
    largest_of_lanes = max(largest_of_lanes, max(v, -v));
    unusable += v * 0.0f;
  }
  const float extent = largest(largest_of_lanes);
  const float inverse = extent > 0 ? 127.0f / extent : 0.0f;
  // The rotation's factor is the same for all: it is left to the scale.
  const float unscaled = extent / 127.0f + sum(unusable);
  const float scale = t.rotation > 1 ? unscaled / __builtin_sqrtf(static_cast<float>(t.rotation)) : unscaled;

  constexpr float kMagic = 0x1.8p23f;  // rounds to the nearest integer, in the low bits
  BitVec total{};                      // unsigned: codes of NaN are any numbers
  int64_t i = 0;
  for (; i < t.width; i += kLanes) {
    const int count = lanes_left(i, t.width);
    const IntVec codes = reinterpret_cast<IntVec>(load(x + i, count) * inverse + kMagic) - 0x4b400000;
    total += reinterpret_cast<BitVec>(codes);
    using Bytes = int8_t __attribute__((vector_size(kLanes)));
    const Bytes bytes = __builtin_convertvector(codes, Bytes);
    __builtin_memcpy(y + i, &bytes, static_cast<size_t>(count));
  }
  const int64_t padded = padded_codes(t.width);
  __builtin_memset(y + t.width, 0, static_cast<size_t>(padded - t.width));
  uint32_t sum = 0;
  for (int lane = 0; lane < kLanes; ++lane) sum += total[lane];
  __builtin_memcpy(y + padded, &scale, sizeof scale);
  __builtin_memcpy(y + padded + 4, &sum, sizeof sum);
}

}  // namespace diorama::cpu::DIORAMA_ISA
