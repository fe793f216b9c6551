// Small things that the attention kernels share.
#pragma once

#include "cpu/simd/kernels.h"
#include "cpu/simd/vec.h"

namespace diorama::cpu::DIORAMA_ISA {

// Rows of one head lie far apart, where no hardware looks ahead.
static inline void fetch_ahead(Rows x, int64_t row, int64_t end, int64_t width) {
  constexpr int64_t kAhead = 16;
  if (row + kAhead >= end) return;
  const int64_t size = element_size(x.type);
  const char* bytes = static_cast<const char*>(x.data) + (row + kAhead) * x.stride * size;
  for (int64_t i = 0; i < width * size; i += 64) __builtin_prefetch(bytes + i);
}

static inline int64_t multiple_of(int64_t step, int64_t count) {
  return (count + step - 1) / step * step;
}

// Logits of a query with keys [first, first + count): -infinity where they are outside its window.
static inline void hide_unseen(const AttentionTask& t, int64_t query, int64_t first, int64_t count,
                               float* logits) {
  const int64_t begin = query + t.diagonal - t.window - first;
  const int64_t end = query + t.diagonal + t.window + 1 - first;
  for (int64_t j = 0; j < min_of(begin, count); ++j) logits[j] = -__builtin_inff();
  for (int64_t j = end > 0 ? end : 0; j < count; ++j) logits[j] = -__builtin_inff();
}

}  // namespace diorama::cpu::DIORAMA_ISA
