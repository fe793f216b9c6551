// PNG files with text inside. Reading takes them as untrusted input: every length and checksum is looked at,
// and what is wrong is Fault::file_system with the name of the file.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/image.h"

namespace diorama {

struct PngText {
  std::string keyword;  // 1 to 79 bytes of ASCII
  std::string text;     // UTF-8
  bool compressed = false;

  bool operator==(const PngText& other) const = default;
};

// The file's bytes, the same for the same input. The texts stand before the pixels.
std::string encode_png(const Image& image, std::span<const PngText> texts = {});

// Gray, gray with alpha, RGB or RGBA of 8 bits, opaque and not interlaced.
Image decode_png(std::span<const std::byte> file, std::string_view name);

// The text chunks (tEXt, zTXt, iTXt) of any PNG, in the order of the file.
std::vector<PngText> read_png_texts(std::span<const std::byte> file, std::string_view name);

}  // namespace diorama
