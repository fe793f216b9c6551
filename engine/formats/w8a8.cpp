#include "formats/w8a8.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace diorama::w8a8 {
namespace {

size_t row_bytes(int64_t k) {
  return static_cast<size_t>(k) + sizeof(float);
}

void encode_row(const float* values, int64_t k, std::byte* out) {
  float largest = 0;
  for (int64_t i = 0; i < k; ++i) largest = std::max(largest, std::abs(values[i]));
  const float scale = largest / 127;
  const float inverse = largest > 0 ? 127 / largest : 0;
  for (int64_t i = 0; i < k; ++i) out[i] = static_cast<std::byte>(std::lrint(values[i] * inverse));
  std::memcpy(out + k, &scale, sizeof scale);
}

float decode_levels(const std::byte* row, int64_t k, int8_t* levels) {
  const Row r = view(row, k);
  for (int64_t i = 0; i < k; ++i) levels[i] = std::max<int8_t>(r.levels[i], -127);
  return r.scale;
}

void decode_row(const std::byte* row, int64_t k, float* out) {
  const Row r = view(row, k);
  for (int64_t i = 0; i < k; ++i) out[i] = r.scale * static_cast<float>(std::max<int8_t>(r.levels[i], -127));
}

}  // namespace

Row view(const std::byte* row, int64_t k) {
  Row r{reinterpret_cast<const int8_t*>(row), 0};
  std::memcpy(&r.scale, row + k, sizeof r.scale);
  return r;
}

const Format kFormat{"w8a8", 3, row_bytes, encode_row, decode_row, decode_levels};

}  // namespace diorama::w8a8
