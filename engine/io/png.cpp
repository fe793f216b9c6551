#include "io/png.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/deflate.h"
#include "base/error.h"
#include "base/utf8.h"
#include "io/png_chunks.h"

namespace diorama {
namespace {

using png::Bytes;
using png::Chunk;

constexpr size_t kHeaderEnd = 8 + 25;  // signature and IHDR
constexpr uint32_t kMaxSide = 32768;
constexpr size_t kMaxPixels = size_t{1} << 27;
constexpr size_t kMaxInflation = 1032;                 // bytes out per byte in, deflate's own limit
constexpr size_t kMaxTexts = size_t{16} << 20;         // bytes, all texts of a file
constexpr size_t kChannels[] = {1, 0, 3, 0, 2, 0, 4};  // by colour type; 0: a palette or undefined

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<uint8_t>(c) < 128; });
}

std::string text_chunk(const PngText& text) {
  require(!text.keyword.empty() && text.keyword.size() < 80 && is_ascii(text.keyword), "[png] keyword '{}'",
          text.keyword);
  if (text.text.find('\0') != std::string::npos)
    fail(Fault::usage, "[png] the {} hold a zero character; remove it from the prompt", text.keyword);
  using namespace std::string_literals;
  const std::string body = text.compressed ? deflate(text.text) : text.text;
  if (is_ascii(text.text))
    return text.compressed ? png::make_chunk("zTXt", text.keyword + "\0\0"s + body)
                           : png::make_chunk("tEXt", text.keyword + "\0"s + body);
  const std::string flag = text.compressed ? "\1"s : "\0"s;
  return png::make_chunk("iTXt", text.keyword + "\0"s + flag + "\0\0\0"s + body);
}

struct Header {
  uint32_t width = 0;
  uint32_t height = 0;
  size_t channels = 0;
};

Header read_header(Bytes data, std::string_view name) {
  const int depth = int(data[8]);
  const int colour = int(data[9]);
  const bool plain = data[10] == std::byte{0} && data[11] == std::byte{0} && data[12] == std::byte{0};
  const Header header{png::read_u32(data, 0), png::read_u32(data, 4), colour > 6 ? 0 : kChannels[colour]};
  if (depth != 8 || header.channels == 0 || !plain)
    fail(Fault::file_system,
         "{}: only gray and RGB of 8 bits, not interlaced, can be read; convert the picture", name);
  const uint32_t side = std::max(header.width, header.height);
  if (std::min(header.width, header.height) == 0 || side > kMaxSide ||
      size_t{header.width} * header.height > kMaxPixels)
    fail(Fault::file_system, "{}: {} x {} pixels; at most {} a side and {} in all can be read", name,
         header.width, header.height, kMaxSide, kMaxPixels);
  return header;
}

std::string join_pixels(const std::vector<Chunk>& chunks, std::string_view name) {
  std::string data;
  for (const Chunk& chunk : chunks) {
    if (chunk.type == "IDAT")
      data.append(reinterpret_cast<const char*>(chunk.data.data()), chunk.data.size());
    const bool known =
        chunk.type == "IHDR" || chunk.type == "PLTE" || chunk.type == "IDAT" || chunk.type == "IEND";
    const bool critical = (chunk.type[0] & 0x20) == 0;
    if (critical && !known)
      fail(Fault::file_system, "{}: the PNG needs the unknown extension {}", name, chunk.type);
    if (chunk.type == "tRNS") fail(Fault::file_system, "{}: is transparent; flatten the picture first", name);
  }
  return data;
}

uint8_t paeth(int left, int above, int corner) {
  const int estimate = left + above - corner;
  const int to_left = std::abs(estimate - left);
  const int to_above = std::abs(estimate - above);
  const int to_corner = std::abs(estimate - corner);
  if (to_left <= to_above && to_left <= to_corner) return static_cast<uint8_t>(left);
  return static_cast<uint8_t>(to_above <= to_corner ? above : corner);
}

uint8_t predict(int filter, uint8_t left, uint8_t above, uint8_t corner) {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return static_cast<uint8_t>((left + above) / 2);
    case 4:
      return paeth(left, above, corner);
    default:
      return 0;
  }
}

// Each row is preceded by the number of its filter; rows are decoded in place.
void unfilter(std::vector<uint8_t>& rows, const Header& header, std::string_view name) {
  const size_t step = header.channels;
  const size_t row_size = 1 + header.width * step;
  const std::vector<uint8_t> zeros(row_size);
  const uint8_t* above = zeros.data();
  for (size_t y = 0; y < header.height; ++y) {
    uint8_t* row = rows.data() + y * row_size;
    if (row[0] > 4) fail(Fault::file_system, "{}: row {} of the PNG has an unknown filter", name, y);
    for (size_t i = 1; i < row_size; ++i) {
      const bool first = i <= step;
      row[i] += predict(row[0], first ? 0 : row[i - step], above[i], first ? 0 : above[i - step]);
    }
    above = row;
  }
}

Image to_rgb(const std::vector<uint8_t>& rows, const Header& header, std::string_view name) {
  Image image{static_cast<int>(header.width), static_cast<int>(header.height), {}};
  image.rgb.reserve(size_t{header.width} * header.height * 3);
  const bool has_alpha = header.channels % 2 == 0;
  const size_t green = header.channels > 2 ? 1 : 0;
  for (size_t y = 0; y < header.height; ++y) {
    const uint8_t* pixel = rows.data() + y * (1 + header.width * header.channels) + 1;
    for (size_t x = 0; x < header.width; ++x, pixel += header.channels) {
      if (has_alpha && pixel[header.channels - 1] != 255)
        fail(Fault::file_system, "{}: is transparent; flatten the picture first", name);
      image.rgb.insert(image.rgb.end(), {pixel[0], pixel[green], pixel[2 * green]});
    }
  }
  return image;
}

// Programs write UTF-8 where the standard says Latin-1; what is not UTF-8 is taken as Latin-1.
std::string from_latin1(std::string_view text) {
  if (to_valid_utf8(text) == text) return std::string(text);
  std::string utf8;
  for (const char c : text) append_utf8(utf8, static_cast<uint8_t>(c));
  return utf8;
}

// Takes what stands before the next zero off `data`.
std::string take_word(Bytes& data, std::string_view name) {
  const auto zero = std::ranges::find(data, std::byte{0});
  if (zero == data.end()) fail(Fault::file_system, "{}: a text in the PNG is malformed", name);
  const auto size = static_cast<size_t>(zero - data.begin());
  const std::string word(reinterpret_cast<const char*>(data.data()), size);
  data = data.subspan(size + 1);
  return word;
}

PngText read_text(const Chunk& chunk, size_t max_size, std::string_view name) {
  Bytes data = chunk.data;
  PngText text{.keyword = from_latin1(take_word(data, name)), .text = {}};
  const bool international = chunk.type == "iTXt";
  if (chunk.type != "tEXt") {
    const size_t flags = international ? 2 : 1;  // compressed or not, the method
    if (data.size() < flags || data[flags - 1] != std::byte{0})
      fail(Fault::file_system, "{}: a text in the PNG is malformed", name);
    text.compressed = !international || data[0] == std::byte{1};
    data = data.subspan(flags);
  }
  if (international) {
    take_word(data, name);  // the language
    take_word(data, name);  // the keyword in it
  }
  const std::string plain = text.compressed
                                ? png::inflate_text(data, max_size, name)
                                : std::string(reinterpret_cast<const char*>(data.data()), data.size());
  text.text = international ? to_valid_utf8(plain) : from_latin1(plain);
  return text;
}

}  // namespace

std::string encode_png(const Image& image, std::span<const PngText> texts) {
  require(image.width > 0 && image.height > 0 &&
              image.rgb.size() ==
                  size_t{3} * static_cast<size_t>(image.width) * static_cast<size_t>(image.height),
          "[png] {} bytes for {} x {} pixels", image.rgb.size(), image.width, image.height);
  int size = 0;
  const std::unique_ptr<unsigned char, decltype(&std::free)> encoded(
      stbi_write_png_to_mem(image.rgb.data(), image.width * 3, image.width, image.height, 3, &size),
      &std::free);
  if (encoded == nullptr)
    fail(Fault::out_of_memory, "[png] no memory to encode {} x {} pixels", image.width, image.height);
  std::string file(reinterpret_cast<const char*>(encoded.get()), static_cast<size_t>(size));
  std::string chunks;
  for (const PngText& text : texts) chunks += text_chunk(text);
  return file.insert(kHeaderEnd, chunks);
}

Image decode_png(std::span<const std::byte> file, std::string_view name) {
  const std::vector<Chunk> chunks = png::read_chunks(file, name);
  const Header header = read_header(chunks.front().data, name);
  const std::string packed = join_pixels(chunks, name);
  const size_t size = (1 + header.width * header.channels) * header.height;
  std::vector<uint8_t> rows;
  if (packed.size() * kMaxInflation >= size) rows = inflate_exactly(packed, size);
  if (rows.empty()) fail(Fault::file_system, "{}: the pixels of the PNG are damaged", name);
  unfilter(rows, header, name);
  return to_rgb(rows, header, name);
}

std::vector<PngText> read_png_texts(std::span<const std::byte> file, std::string_view name) {
  std::vector<PngText> texts;
  size_t left = kMaxTexts;
  for (const Chunk& chunk : png::read_chunks(file, name)) {
    if (chunk.type != "tEXt" && chunk.type != "zTXt" && chunk.type != "iTXt") continue;
    texts.push_back(read_text(chunk, left, name));
    left -= std::min(left, texts.back().text.size());
  }
  return texts;
}

}  // namespace diorama
