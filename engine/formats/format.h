// Bit layouts of weights. A format knows how one row of K numbers is stored and read; how rows are arranged
// for a kernel is the device's business. New formats: a pair of files and a line in format.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace diorama {

struct Format {
  std::string_view name;  // as in --precision
  int shader_id;          // WEIGHT_FORMAT in shaders/include/weight.glsl
  size_t (*row_bytes)(int64_t k);
  void (*encode_row)(const float* values, int64_t k, std::byte* out);
  void (*decode_row)(const std::byte* row, int64_t k, float* out);
  // Integer formats, whose products are of 8-bit codes: the levels in [-127, 127] that products see, and the
  // row's scale (returned): w = scale * level. Null for the others.
  float (*decode_levels)(const std::byte* row, int64_t k, int8_t* levels) = nullptr;

  bool integer() const { return decode_levels != nullptr; }
};

std::span<const Format* const> formats();
const Format& format_f32();
const Format& format_f16();
const Format& format_bf16();

// Throws Fault::usage with the list of known names.
const Format& find_format(std::string_view name);
// Null where no integer format has the name.
const Format* find_integer_format(std::string_view name);

}  // namespace diorama
