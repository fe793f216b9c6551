// Hashes that name content. They are no protection against forgery.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace diorama {

// FNV-1a, 64 bits: a byte a step, for what is short.
class Hash64 {
 public:
  void add(std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) value_ = (value_ ^ static_cast<uint64_t>(byte)) * 0x100000001b3u;
  }
  // The length goes in too, so that neighbours cannot be mistaken for one another.
  void add(std::string_view text) {
    const uint64_t size = text.size();
    add(std::as_bytes(std::span(&size, 1)));
    add(std::as_bytes(std::span(text.data(), text.size())));
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325u;
};

// XXH64 with the seed 0, for gigabytes: 32 bytes a step.
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
uint64_t xxh64(std::span<const std::byte> bytes);

}  // namespace diorama
