#pragma once

#include <cstddef>
#include <cstdint>

namespace diorama {

enum class DType : uint8_t { f32, f16, bf16, i32, i8, u8 };

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
      return 1;
  }
  return 0;
}

constexpr const char* name_of(DType type) {
  constexpr const char* kNames[] = {"f32", "f16", "bf16", "i32", "i8", "u8"};
  return kNames[static_cast<size_t>(type)];
}

}  // namespace diorama
