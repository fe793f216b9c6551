// PNG files with text inside. Reading takes them as untrusted input: every length and checksum is looked at,
// and what is wrong is Fault::file_system with the name of the file.
#pragma once

#include <cstddef>
#include <filesystem>
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
  std::string problem;  // why it cannot be read; there is no text then

  bool operator==(const PngText& other) const = default;
};

// The file's bytes, the same for the same input. The texts stand before the pixels.
std::string encode_png(const Image& image, std::span<const PngText> texts = {});

// Gray, gray with alpha, RGB or RGBA of 8 bits, opaque and not interlaced.
Image decode_png(std::span<const std::byte> file, std::string_view name);

// The text chunks (tEXt, zTXt, iTXt) of any PNG that have a keyword, in the order of the file: all of them,
// or of each of `keywords` the first that can be read. One that is malformed or too long has a problem: who
// needs it says so.
// The first whose bytes are damaged has no keyword either, since that may be what is damaged.
std::vector<PngText> read_png_texts(std::span<const std::byte> file, std::string_view name,
                                    std::span<const std::string_view> keywords = {});

// The bytes of a file that begins as a PNG does.
std::string read_png_file(const std::filesystem::path& path);

}  // namespace diorama
