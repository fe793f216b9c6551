#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace diorama {

// FNV-1a, 64 bits: names content, is no protection against forgery.
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

}  // namespace diorama
