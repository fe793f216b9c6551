// Pictures in PNG files a row at a time: what is in memory does not grow with their height.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deflate.h"

namespace diorama {

// Gray, gray with alpha, RGB or RGBA of 8 bits, opaque and not interlaced; untrusted. Errors are
// Fault::file_system and name the file.
class PngRows {
 public:
  // `file` must outlive the rows.
  PngRows(std::span<const std::byte> file, std::string_view name);

  int width() const { return static_cast<int>(width_); }
  int height() const { return static_cast<int>(height_); }
  // The next row from the top, 3 bytes a pixel; it holds until the next one is asked for.
  std::span<const uint8_t> next();

 private:
  void read_header(std::span<const std::byte> data);
  void fill(std::span<uint8_t> bytes);
  void unfilter();
  void expand();
  [[noreturn]] void reject_pixels() const;

  std::string name_;
  size_t width_ = 0, height_ = 0, channels_ = 0;
  size_t next_row_ = 0;
  std::vector<std::string_view> packed_;  // what the IDAT chunks hold
  size_t next_packed_ = 0;
  Inflater inflater_;
  std::vector<uint8_t> row_, above_;  // as stored, unfiltered
  std::vector<uint8_t> rgb_;
};

// The file of a picture that is handed over row by row, by a function that is called `height` times.
using NextRow = std::function<std::span<const uint8_t>()>;
std::string encode_png_rows(int width, int height, const NextRow& next);

}  // namespace diorama
