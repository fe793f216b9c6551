#pragma once

#include <cstddef>
#include <cstdint>

namespace diorama {

// q8: rows of 8-bit codes, quantised by the row. A row is its codes, zeros up to a multiple of kCodesStep,
// the scale (f32; value = scale * code), the sum of the codes (i32) and 8 bytes of nothing.
enum class DType : uint8_t { f32, f16, bf16, i32, i8, u8, q8 };

constexpr int64_t kCodesStep = 64;
constexpr int64_t padded_codes(int64_t k) {
  return (k + kCodesStep - 1) / kCodesStep * kCodesStep;
}

constexpr size_t byte_size(DType type) {
  switch (type) {
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::f16:
    case DType::bf16:
      return 2;
    case DType::i8:
    case DType::u8:
    case DType::q8:
      return 1;
  }
  return 0;
}

constexpr const char* name_of(DType type) {
  constexpr const char* kNames[] = {"f32", "f16", "bf16", "i32", "i8", "u8", "q8"};
  return kNames[static_cast<size_t>(type)];
}

// Elements from one row of `width` to the next, where nothing else is asked for.
constexpr int64_t dense_row_stride(DType type, int64_t width) {
  return type == DType::q8 ? padded_codes(width) + 16 : width;
}

}  // namespace diorama
