// What becomes of the sums of a product.
#pragma once

#include "cpu/simd/kernels.h"
#include "cpu/simd/math.h"

namespace diorama::cpu::DIORAMA_ISA {

// Up to V vectors of columns from `c` on: row `row` of y from its sums. Each step is for all of them, so that
// what is absent is asked for once.
template <int V>
static inline void finish_vecs(const Epilogue& e, int64_t row, const float* gate, int64_t c, int64_t end,
                               Vec (&v)[V]) {
  const int count = V == 1 ? lanes_left(c, end) : kLanes;
  if (e.bias != nullptr)
    for (int i = 0; i < V; ++i) v[i] += load(e.bias + c + i * kLanes, count);
  if (gate != nullptr)
    for (int i = 0; i < V; ++i) v[i] *= load(gate + c + i * kLanes, count);
  if (e.residual.data != nullptr)
    for (int i = 0; i < V; ++i)
      v[i] += load_as(e.residual.type, e.residual.data, row * e.residual.stride + c + i * kLanes, count);
  if (e.activation != Activation::none)
    for (int i = 0; i < V; ++i) v[i] = activate(e.activation, v[i]);
  for (int i = 0; i < V; ++i) store_as(e.y.type, e.y.data, row * e.y.stride + c + i * kLanes, v[i], count);
}

// Columns [begin, end) of row `row` of y; sums(c, count) are those of columns [c, c + count).
template <typename Sums>
static inline void finish(const Epilogue& e, int64_t row, int64_t begin, int64_t end, Sums sums) {
  constexpr int kVecs = 4;
  const float* gate = e.gate == nullptr ? nullptr : e.gate + row / e.rows_per_gate * e.gate_stride;
  int64_t c = begin;
  for (; c + kVecs * kLanes <= end; c += kVecs * kLanes) {
    Vec v[kVecs];
    for (int i = 0; i < kVecs; ++i) v[i] = sums(c + i * kLanes, kLanes);
    finish_vecs(e, row, gate, c, end, v);
  }
  for (; c < end; c += kLanes) {
    Vec v[1] = {sums(c, lanes_left(c, end))};
    finish_vecs(e, row, gate, c, end, v);
  }
}

}  // namespace diorama::cpu::DIORAMA_ISA
