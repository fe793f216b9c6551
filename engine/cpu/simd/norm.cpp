#include "cpu/simd/math.h"
#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {
namespace {

// Sums of term(i, count) over vectors from i on, in four chains: one would wait for each addition.
template <typename Term>
float mean(int64_t width, Term term) {
  Vec totals[4] = {};
  int64_t i = 0;
  for (; i + 4 * kLanes <= width; i += 4 * kLanes)
    for (int chain = 0; chain < 4; ++chain) totals[chain] += term(i + chain * kLanes, kLanes);
  for (; i < width; i += kLanes) totals[0] += term(i, lanes_left(i, width));
  return sum((totals[0] + totals[1]) + (totals[2] + totals[3])) / static_cast<float>(width);
}

float mean_of(const float* x, int64_t width) {
  return mean(width, [&](int64_t i, int count) { return load(x + i, count); });
}

float mean_square(const float* x, int64_t width, float center) {
  return mean(width, [&](int64_t i, int count) {
    const Vec d = load(x + i, count) - center;
    return count == kLanes ? d * d : first_lanes(d * d, count);
  });
}

}  // namespace

void norm_row(const NormTask& t, const float* x, DType type, void* y) {
  const float mean = t.kind == NormKind::layer ? mean_of(x, t.width) : 0.0f;
  const float inverse = 1.0f / __builtin_sqrtf(mean_square(x, t.width, mean) + t.eps);
  for (int64_t i = 0; i < t.width; i += kLanes) {
    const int count = lanes_left(i, t.width);
    Vec v = (load(x + i, count) - mean) * inverse;
    if (t.weight != nullptr) v *= load(t.weight + i, count);
    if (t.bias != nullptr) v += load(t.bias + i, count);
    if (t.scale != nullptr) v = fma(v, load(t.scale + i, count) + 1.0f, load(t.shift + i, count));
    store_as(type, y, i, v, count);
  }
}

}  // namespace diorama::cpu::DIORAMA_ISA
