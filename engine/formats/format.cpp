#include "formats/format.h"

#include <array>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/half.h"
#include "base/suggestion.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"

namespace diorama {
namespace {

size_t four_bytes(int64_t k) {
  return static_cast<size_t>(k) * 4;
}
size_t two_bytes(int64_t k) {
  return static_cast<size_t>(k) * 2;
}

void encode_f32(const float* values, int64_t k, std::byte* out) {
  std::memcpy(out, values, four_bytes(k));
}
void decode_f32(const std::byte* row, int64_t k, float* out) {
  std::memcpy(out, row, four_bytes(k));
}

template <uint16_t (*Convert)(float)>
void encode_16(const float* values, int64_t k, std::byte* out) {
  for (int64_t i = 0; i < k; ++i) {
    const uint16_t bits = Convert(values[i]);
    std::memcpy(out + 2 * i, &bits, 2);
  }
}

template <float (*Convert)(uint16_t)>
void decode_16(const std::byte* row, int64_t k, float* out) {
  for (int64_t i = 0; i < k; ++i) {
    uint16_t bits = 0;
    std::memcpy(&bits, row + 2 * i, 2);
    out[i] = Convert(bits);
  }
}

constexpr Format kF32{"f32", 0, four_bytes, encode_f32, decode_f32};
constexpr Format kF16{"f16", 1, two_bytes, encode_16<f32_to_f16>, decode_16<f16_to_f32>};
constexpr Format kBf16{"bf16", 2, two_bytes, encode_16<f32_to_bf16>, decode_16<bf16_to_f32>};
const std::array<const Format*, 5> kFormats{&kF32, &kF16, &kBf16, &w8a8::kFormat, &w4a8::kFormat};

}  // namespace

std::span<const Format* const> formats() {
  return kFormats;
}
const Format& format_f32() {
  return kF32;
}
const Format& format_f16() {
  return kF16;
}
const Format& format_bf16() {
  return kBf16;
}

const Format* find_integer_format(std::string_view name) {
  for (const Format* format : kFormats)
    if (format->integer() && format->name == name) return format;
  return nullptr;
}

const Format& find_format(std::string_view name) {
  std::vector<std::string_view> known{"auto"};
  std::string list;
  for (const Format* format : kFormats) {
    if (format->name == name) return *format;
    list += (list.empty() ? "" : ", ") + std::string(format->name);
    known.push_back(format->name);
  }
  fail(Fault::usage, "[precision] '{}' is not known; choose one of {}{}", name, list,
       did_you_mean(name, known));
}

}  // namespace diorama
