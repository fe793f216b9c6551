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

}  // namespace diorama::cpu::DIORAMA_ISA
