#include "io/png_chunks.h"

#include <zlib.h>

#include "base/error.h"

namespace diorama::png {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1a\n", 8);
constexpr size_t kChunkOverhead = 12;  // length, type, CRC

std::string big_endian(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string_view as_text(Bytes data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

const Bytef* as_zlib(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

uint32_t crc_of(std::string_view text) {
  return static_cast<uint32_t>(crc32(0, as_zlib(text), static_cast<uInt>(text.size())));
}

}  // namespace

uint32_t read_u32(Bytes data, size_t offset) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint32_t>(data[offset + i]);
  return value;
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
    if (crc_of(checked) != read_u32(file, at + 8 + length))
      fail(Fault::file_system, "{}: the PNG is damaged near byte {}", name, at);
    chunks.push_back({checked.substr(0, 4), file.subspan(at + 8, length)});
    if (chunks.size() == 1 && (chunks[0].type != "IHDR" || length != 13))
      fail(Fault::file_system, "{}: the PNG does not begin with its header", name);
    at += kChunkOverhead + length;
  }
  return chunks;
}

std::string make_chunk(std::string_view type, std::string_view data) {
  std::string checked(type);
  checked += data;
  return big_endian(static_cast<uint32_t>(data.size())) + checked + big_endian(crc_of(checked));
}

std::string inflate_text(Bytes data, size_t max_size, std::string_view name) {
  std::string text;
  for (size_t size = 4096; size <= max_size; size *= 4) {
    text.resize(size);
    uLongf written = size;
    const int result =
        uncompress(reinterpret_cast<Bytef*>(text.data()), &written, as_zlib(as_text(data)), data.size());
    if (result == Z_BUF_ERROR) continue;  // the buffer was too small
    if (result != Z_OK) fail(Fault::file_system, "{}: a compressed text in the PNG is damaged", name);
    text.resize(written);
    return text;
  }
  fail(Fault::file_system, "{}: the PNG holds more text than can be read", name);
}

}  // namespace diorama::png
