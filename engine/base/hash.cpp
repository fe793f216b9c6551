#include "base/hash.h"

#include <bit>
#include <cstring>

namespace diorama {
namespace {

constexpr uint64_t kPrime1 = 0x9e3779b185ebca87u;
constexpr uint64_t kPrime2 = 0xc2b2ae3d27d4eb4fu;
constexpr uint64_t kPrime3 = 0x165667b19e3779f9u;
constexpr uint64_t kPrime4 = 0x85ebca77c2b2ae63u;
constexpr uint64_t kPrime5 = 0x27d4eb2f165667c5u;

template <typename T>
T take(std::span<const std::byte>& bytes) {
  static_assert(std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes = bytes.subspan(sizeof(T));
  return value;
}

uint64_t round(uint64_t sum, uint64_t lane) {
  return std::rotl(sum + lane * kPrime2, 31) * kPrime1;
}

uint64_t merge(uint64_t hash, uint64_t sum) {
  return (hash ^ round(0, sum)) * kPrime1 + kPrime4;
}

// Four sums side by side, so that no multiplication waits for the one before it.
uint64_t hash_of_stripes(std::span<const std::byte>& bytes) {
  uint64_t a = kPrime1 + kPrime2, b = kPrime2, c = 0, d = 0 - kPrime1;
  while (bytes.size() >= 32) {
    a = round(a, take<uint64_t>(bytes));
    b = round(b, take<uint64_t>(bytes));
    c = round(c, take<uint64_t>(bytes));
    d = round(d, take<uint64_t>(bytes));
  }
  const uint64_t hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
  return merge(merge(merge(merge(hash, a), b), c), d);
}

}  // namespace

uint64_t xxh64(std::span<const std::byte> bytes) {
  const uint64_t size = bytes.size();
  uint64_t hash = (size < 32 ? kPrime5 : hash_of_stripes(bytes)) + size;
  while (bytes.size() >= 8) hash = std::rotl(hash ^ round(0, take<uint64_t>(bytes)), 27) * kPrime1 + kPrime4;
  if (bytes.size() >= 4) hash = std::rotl(hash ^ take<uint32_t>(bytes) * kPrime1, 23) * kPrime2 + kPrime3;
  while (!bytes.empty()) hash = std::rotl(hash ^ take<uint8_t>(bytes) * kPrime5, 11) * kPrime1;
  hash = (hash ^ hash >> 33) * kPrime2;
  hash = (hash ^ hash >> 29) * kPrime3;
  return hash ^ hash >> 32;
}

}  // namespace diorama
