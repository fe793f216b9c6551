#include "io/png.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "base/deflate.h"
#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "io/byte_file.h"
#include "io/png_chunks.h"
#include "io/png_rows.h"

namespace diorama {
namespace {

using png::Chunk;

constexpr size_t kHeaderEnd = 8 + 25;           // signature and IHDR
constexpr size_t kMaxKeyword = 79;              // bytes, by the standard
constexpr size_t kMaxTexts = size_t{16} << 20;  // bytes, all texts of a file, or each that is asked for
constexpr size_t kMaxFile = size_t{512} << 20;  // bytes; the most pixels that are read fit, packed badly

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

// Programs write UTF-8 where the standard says Latin-1; what is not UTF-8 is taken as Latin-1.
std::string from_latin1(std::string_view text) {
  if (is_ascii(text) || to_valid_utf8(text) == text) return std::string(text);
  std::string utf8;
  for (const char c : text) append_utf8(utf8, static_cast<uint8_t>(c));
  return utf8;
}

// Takes what stands before the next zero off `data`; nothing where there is none.
std::optional<std::string_view> take_word(std::string_view& data) {
  const size_t size = data.find('\0');
  if (size == std::string_view::npos) return std::nullopt;
  const std::string_view word = data.substr(0, size);
  data.remove_prefix(size + 1);
  return word;
}

// Of the international texts, the language and the keyword in it; of all, whether and how they are packed.
bool take_flags(const Chunk& chunk, std::string_view& data, bool& compressed) {
  if (chunk.type == "tEXt") return true;
  const bool international = chunk.type == "iTXt";
  const size_t flags = international ? 2 : 1;
  if (data.size() < flags || data[flags - 1] != 0) return false;
  compressed = !international || data[0] == 1;
  data.remove_prefix(flags);
  return !international || (take_word(data) && take_word(data));
}

// Of a text whose keyword is known, from the bytes behind it. `left` is what all texts together may still
// have.
PngText read_text(const Chunk& chunk, std::string_view keyword, std::string_view data, size_t& left) {
  constexpr size_t kOfItself = 64;  // bytes that an empty text costs
  PngText text{.keyword = from_latin1(keyword), .text = {}};
  const auto with_problem = [&](std::string_view problem) {
    text.problem = problem;
    return text;
  };
  left -= std::min(left, kOfItself);
  if (!take_flags(chunk, data, text.compressed)) return with_problem("a text in the PNG is malformed");
  std::string plain;
  const Inflated packed = text.compressed ? inflate(data, left, plain) : Inflated::whole;
  if (packed == Inflated::damaged) return with_problem("a compressed text in the PNG is damaged");
  if (!text.compressed && data.size() <= left) plain = data;
  if (packed == Inflated::too_long || (!text.compressed && data.size() > left))
    return with_problem("the PNG holds more text than can be read");
  left -= plain.size();
  text.text = chunk.type == "iTXt" ? to_valid_utf8(plain) : from_latin1(plain);
  return text;
}

bool is_text(const Chunk& chunk) {
  return chunk.type == "tEXt" || chunk.type == "zTXt" || chunk.type == "iTXt";
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
  PngRows rows(file, name);
  Image image{rows.width(), rows.height(), {}};
  image.rgb.reserve(size_t{3} * static_cast<size_t>(image.width) * static_cast<size_t>(image.height));
  for (int y = 0; y < image.height; ++y) {
    const auto row = rows.next();
    image.rgb.insert(image.rgb.end(), row.begin(), row.end());
  }
  return image;
}

std::vector<PngText> read_png_texts(std::span<const std::byte> file, std::string_view name,
                                    std::span<const std::string_view> keywords) {
  std::vector<PngText> texts;
  size_t left = kMaxTexts;
  bool saw_damage = false;
  for (const Chunk& chunk : png::read_chunks(file, name)) {
    if (!is_text(chunk)) continue;
    std::string_view data = png::as_text(chunk.data);
    const auto keyword = take_word(data);
    if (!chunk.sound) {
      if (!saw_damage) texts.push_back({.problem = "a text in the PNG is damaged"});
      saw_damage = true;
      continue;
    }
    if (!keyword || keyword->empty() || keyword->size() > kMaxKeyword) continue;
    if (keywords.empty()) {
      texts.push_back(read_text(chunk, *keyword, data, left));
      continue;
    }
    if (std::ranges::find(keywords, *keyword) == keywords.end()) continue;
    const auto before = std::ranges::find(texts, *keyword, &PngText::keyword);
    if (before != texts.end() && before->problem.empty()) continue;
    size_t room = kMaxTexts;
    PngText text = read_text(chunk, *keyword, data, room);
    if (before == texts.end())
      texts.push_back(std::move(text));
    else if (text.problem.empty())
      *before = std::move(text);
  }
  return texts;
}

std::string read_png_file(const std::filesystem::path& path) {
  std::array<std::byte, png::kSignature.size()> beginning;
  if (ByteFile(path).read(0, beginning) < beginning.size() || png::as_text(beginning) != png::kSignature)
    fail(Fault::file_system, "{}: is not a PNG", path.string());
  return read_text_file(path, kMaxFile);
}

}  // namespace diorama
