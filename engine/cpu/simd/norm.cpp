#include "cpu/simd/math.h"
#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {
namespace {

float mean_of(const float* x, int64_t width) {
  Vec total{};
  for (int64_t i = 0; i < width; i += kLanes) total += load(x + i, lanes_left(i, width));
  return sum(total) / static_cast<float>(width);
}

float mean_square(const float* x, int64_t width, float center) {
  Vec total{};
  for (int64_t i = 0; i < width; i += kLanes) {
    const int count = lanes_left(i, width);
    Vec d = load(x + i, count) - center;
    if (count < kLanes) d = first_lanes(d, count);
    total = fma(d, d, total);
  }
  return sum(total) / static_cast<float>(width);
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
