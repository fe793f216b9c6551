#include "base/deflate.h"

#include <zlib.h>

#include "base/error.h"

namespace diorama {
namespace {

const Bytef* as_zlib(std::string_view bytes) {
  return reinterpret_cast<const Bytef*>(bytes.data());
}

}  // namespace

std::string deflate(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string packed(size, '\0');
  const int result =
      compress2(reinterpret_cast<Bytef*>(packed.data()), &size, as_zlib(bytes), bytes.size(), 9);
  require(result == Z_OK, "[deflate] zlib: error {}", result);
  packed.resize(size);
  return packed;
}

std::vector<uint8_t> inflate_exactly(std::string_view data, size_t size) {
  std::vector<uint8_t> plain(size);
  uLongf written = size;
  const int result = uncompress(plain.data(), &written, as_zlib(data), data.size());
  if (result != Z_OK || written != size) return {};
  return plain;
}

}  // namespace diorama
