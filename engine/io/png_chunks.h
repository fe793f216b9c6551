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

struct Chunk {
  std::string_view type;  // four letters
  Bytes data;
};

// All chunks of a file from IHDR to IEND, every CRC checked.
std::vector<Chunk> read_chunks(Bytes file, std::string_view name);
std::string make_chunk(std::string_view type, std::string_view data);

uint32_t read_u32(Bytes data, size_t offset);  // big endian

// However many bytes there are; fails above `max_size`.
std::string inflate_text(Bytes data, size_t max_size, std::string_view name);

}  // namespace diorama::png
