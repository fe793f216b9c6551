#include "sampling/noise.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace diorama {
namespace {

// The C library's log, sin and cos differ in the last bit between machines; these use only operations that
// IEEE 754 rounds exactly.

// ln m = 2 artanh((m - 1) / (m + 1)), m in [1/2, 1) first brought near 1.
double exact_log(double value) {
  int exponent = 0;
  double m = std::frexp(value, &exponent);
  if (m < std::numbers::sqrt2 / 2) {
    m *= 2;
    --exponent;
  }
  const double z = (m - 1) / (m + 1);  // |z| <= 0.172
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * z * z + 1.0 / k;
  return exponent * std::numbers::ln2 + 2 * z * sum;
}

// Taylor series of cos and sin, |x| <= pi / 4.
std::pair<double, double> cos_sin_series(double x) {
  double cos = 0;
  double sin = 0;
  for (int k = 18; k >= 2; k -= 2) {
    cos = (1 + cos) * -x * x / (k * (k - 1));
    sin = (1 + sin) * -x * x / (k * (k + 1));
  }
  return {1 + cos, x * (1 + sin)};
}

// cos and sin of a full turn's share [0, 1).
std::pair<double, double> cos_sin_of_turn(double turn) {
  const double quarter = std::floor(turn * 4 + 0.5);
  const auto [c, s] = cos_sin_series((turn - quarter / 4) * 2 * std::numbers::pi);
  switch (static_cast<int>(quarter) % 4) {
    case 0:
      return {c, s};
    case 1:
      return {-s, c};
    case 2:
      return {-c, -s};
    default:
      return {s, -c};
  }
}

// Two normals from two random words; u = (word + 1/2) / 2^32 is never 0.
std::pair<double, double> box_muller(uint32_t a, uint32_t b) {
  const double radius = std::sqrt(-2 * exact_log((a + 0.5) * 0x1p-32));
  const auto [cos, sin] = cos_sin_of_turn((b + 0.5) * 0x1p-32);
  return {radius * cos, radius * sin};
}

}  // namespace

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t{0xD2511F53} * counter[0];
    const uint64_t b = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

HostTensor normal_noise(const Shape& shape, uint64_t seed, uint32_t step, uint32_t image) {
  HostTensor noise(shape);
  const std::array<uint32_t, 2> key = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  for (size_t i = 0; i < noise.values.size(); i += 4) {
    const auto words = philox4x32({static_cast<uint32_t>(i / 4), step, image, 0}, key);
    const auto [n0, n1] = box_muller(words[0], words[1]);
    const auto [n2, n3] = box_muller(words[2], words[3]);
    const std::array<double, 4> normals = {n0, n1, n2, n3};
    for (size_t j = 0; j < 4 && i + j < noise.values.size(); ++j)
      noise.values[i + j] = static_cast<float>(normals[j]);
  }
  return noise;
}

}  // namespace diorama
