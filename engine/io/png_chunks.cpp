#include "io/png_chunks.h"

#include <zlib.h>

#include <algorithm>

#include "base/error.h"

namespace diorama::png {
namespace {

constexpr size_t kChunkOverhead = 12;            // length, type, CRC
constexpr uint32_t kMaxLength = (1u << 31) - 1;  // by the standard
constexpr size_t kMaxChunks = size_t{1} << 20;   // the list of them is kept in memory

uint32_t crc_of(std::string_view text) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

bool is_type(std::string_view type) {
  return std::ranges::all_of(type, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
}

}  // namespace

uint32_t read_u32(Bytes data, size_t offset) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint32_t>(data[offset + i]);
  return value;
}

std::string to_u32(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::vector<Chunk> read_chunks(Bytes file, std::string_view name) {
  if (!as_text(file).starts_with(kSignature)) fail(Fault::file_system, "{}: is not a PNG", name);
  std::vector<Chunk> chunks;
  for (size_t at = kSignature.size(); chunks.empty() || chunks.back().type != "IEND";) {
    const size_t left = file.size() - at;
    if (left < kChunkOverhead || read_u32(file, at) > left - kChunkOverhead)
      fail(Fault::file_system, "{}: the PNG is cut off after {} bytes", name, file.size());
    const size_t length = read_u32(file, at);
    const std::string_view checked = as_text(file.subspan(at + 4, 4 + length));
    Chunk chunk{checked.substr(0, 4), file.subspan(at + 8, length)};
    chunk.sound = crc_of(checked) == read_u32(file, at + 8 + length);
    if (length > kMaxLength || !is_type(chunk.type) || (chunk.critical() && !chunk.sound))
      fail(Fault::file_system, "{}: the PNG is damaged near byte {}; open another copy of it", name, at);
    if (chunks.empty() && (chunk.type != "IHDR" || length != 13))
      fail(Fault::file_system, "{}: the PNG does not begin with its header", name);
    if (chunks.size() == kMaxChunks)
      fail(Fault::file_system, "{}: the PNG is in more than {} pieces", name, kMaxChunks);
    chunks.push_back(chunk);
    at += kChunkOverhead + length;
  }
  return chunks;
}

std::string make_chunk(std::string_view type, std::string_view data) {
  std::string checked(type);
  checked += data;
  return to_u32(static_cast<uint32_t>(data.size())) + checked + to_u32(crc_of(checked));
}

}  // namespace diorama::png
