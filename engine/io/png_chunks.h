// The container: a signature, then chunks of length, type, data and CRC.
// https://www.w3.org/TR/png-3/#5DataRep
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::png {

using Bytes = std::span<const std::byte>;

inline constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);

struct Chunk {
  std::string_view type;  // four letters
  Bytes data;
  bool sound = true;  // false: the CRC says otherwise

  // Pixels cannot be understood without it.
  bool critical() const { return (type[0] & 0x20) == 0; }
};

inline std::string_view as_text(Bytes data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

// All chunks of a file from IHDR to IEND, the critical ones sound.
std::vector<Chunk> read_chunks(Bytes file, std::string_view name);
std::string make_chunk(std::string_view type, std::string_view data);

uint32_t read_u32(Bytes data, size_t offset);  // big endian
std::string to_u32(uint32_t value);

}  // namespace diorama::png
