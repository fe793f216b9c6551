// zlib streams (RFC 1950) in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace diorama {

std::string deflate(std::string_view bytes);
// Exactly `size` bytes, or nothing where the data are damaged or of another length.
std::vector<uint8_t> inflate_exactly(std::string_view data, size_t size);

}  // namespace diorama
