#include "io/exif.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "base/utf8.h"
#include "io/png_chunks.h"
#include "io/user_comment.h"

namespace diorama {
namespace {

using Bytes = std::span<const std::byte>;
using png::as_text;

constexpr std::string_view kExif("Exif\0\0", 6);

uint32_t number_at(Bytes bytes, size_t at, size_t size, ByteOrder order) {
  uint32_t number = 0;
  for (size_t i = 0; i < size; ++i) {
    const size_t place = order == ByteOrder::big ? i : size - 1 - i;
    number = number << 8 | static_cast<uint32_t>(bytes[at + place]);
  }
  return number;
}

struct Entry {
  uint32_t tag = 0;
  Bytes value;          // as it stands in the file
  uint32_t number = 0;  // the value, where it is one of 32 bits
};

// A list of entries, called a directory, and the ones that entries lead to. What lies outside the file is not
// there.
class Tiff {
 public:
  static std::optional<Tiff> open(Bytes bytes);

  ByteOrder order() const { return order_; }
  std::vector<Entry> first_directory() const { return directory(read(4, 4)); }
  std::vector<Entry> directory(uint32_t at) const;

 private:
  Tiff(Bytes bytes, ByteOrder order) : bytes_(bytes), order_(order) {}
  uint32_t read(size_t at, size_t size) const { return number_at(bytes_, at, size, order_); }
  Entry entry(size_t at) const;

  Bytes bytes_;
  ByteOrder order_;
};

std::optional<Tiff> Tiff::open(Bytes bytes) {
  constexpr size_t kHeader = 8;
  constexpr uint32_t kMagic = 42;
  if (bytes.size() < kHeader) return std::nullopt;
  const std::string_view mark = as_text(bytes.first(2));
  if (mark != "II" && mark != "MM") return std::nullopt;
  const Tiff tiff(bytes, mark == "MM" ? ByteOrder::big : ByteOrder::little);
  return tiff.read(2, 2) == kMagic ? std::optional(tiff) : std::nullopt;
}

Entry Tiff::entry(size_t at) const {
  constexpr size_t kInline = 4;
  const uint32_t type = read(at + 2, 2);
  const bool is_bytes = type == 1 || type == 2 || type == 7;  // BYTE, ASCII and UNDEFINED
  Entry entry{read(at, 2), {}, read(at + 8, 4)};
  if (!is_bytes) return entry;
  const size_t size = read(at + 4, 4);
  const size_t begin = size <= kInline ? at + 8 : entry.number;
  if (begin <= bytes_.size() && size <= bytes_.size() - begin) entry.value = bytes_.subspan(begin, size);
  return entry;
}

std::vector<Entry> Tiff::directory(uint32_t at) const {
  constexpr size_t kCount = 2, kEntry = 12;
  std::vector<Entry> entries;
  if (bytes_.size() < kCount || at > bytes_.size() - kCount) return entries;
  const size_t count = std::min<size_t>(read(at, kCount), (bytes_.size() - kCount - at) / kEntry);
  for (size_t i = 0; i < count; ++i) entries.push_back(entry(at + kCount + i * kEntry));
  return entries;
}

// A text that a program keeps where cameras write their name: "prompt:{..}" of ComfyUI, or JSON alone.
void take_camera_text(std::string_view text, std::vector<PngText>& texts) {
  constexpr std::string_view kPrompt = "prompt:";
  text = text.substr(0, text.find('\0'));
  if (text.starts_with(kPrompt) || text.starts_with("Prompt:"))
    texts.push_back({.keyword = "prompt", .text = to_valid_utf8(text.substr(kPrompt.size()))});
  else if (text.starts_with('{'))
    texts.push_back({.keyword = "parameters", .text = to_valid_utf8(text)});
}

void take_texts(const Tiff& tiff, const std::vector<Entry>& entries, std::vector<PngText>& texts) {
  constexpr uint32_t kUserComment = 0x9286, kDescription = 0x010E, kModel = 0x0110;
  for (const Entry& entry : entries) {
    if (entry.tag == kUserComment)
      if (std::string text = decode_user_comment(as_text(entry.value), tiff.order()); !text.empty())
        texts.push_back({.keyword = "parameters", .text = std::move(text)});
    if (entry.tag >= kDescription && entry.tag <= kModel) take_camera_text(as_text(entry.value), texts);
  }
}

[[noreturn]] void refuse_cut_off(std::string_view kind, Bytes file, std::string_view name) {
  fail(Fault::file_system, "{}: the {} is cut off after {} bytes", name, kind, file.size());
}

}  // namespace

std::vector<PngText> exif_texts(Bytes bytes) {
  constexpr uint32_t kExifDirectory = 0x8769;
  std::vector<PngText> texts;
  if (as_text(bytes).starts_with(kExif)) bytes = bytes.subspan(kExif.size());
  const auto tiff = Tiff::open(bytes);
  if (!tiff) return texts;
  const std::vector<Entry> entries = tiff->first_directory();
  take_texts(*tiff, entries, texts);
  const auto exif = std::ranges::find(entries, kExifDirectory, &Entry::tag);
  if (exif != entries.end()) take_texts(*tiff, tiff->directory(exif->number), texts);
  return texts;
}

// Segments of a marker and a length, up to where the pixels begin.
Bytes exif_in_jpeg(Bytes file, std::string_view name) {
  constexpr uint32_t kFill = 0xFF, kScan = 0xDA, kEnd = 0xD9, kApp1 = 0xE1;
  size_t at = 2;
  while (at + 4 <= file.size()) {
    if (number_at(file, at, 1, ByteOrder::big) != kFill) return {};
    const uint32_t marker = number_at(file, at + 1, 1, ByteOrder::big);
    if (marker == kFill) {
      ++at;
      continue;
    }
    if (marker == kScan || marker == kEnd) return {};
    const size_t length = number_at(file, at + 2, 2, ByteOrder::big);
    if (length < 2) return {};
    if (length > file.size() - at - 2) break;
    const Bytes data = file.subspan(at + 4, length - 2);
    if (marker == kApp1 && as_text(data).starts_with(kExif)) return data;
    at += 2 + length;
  }
  refuse_cut_off("JPEG", file, name);
}

// Chunks of four letters and a length, each of an even number of bytes.
Bytes exif_in_webp(Bytes file, std::string_view name) {
  constexpr size_t kHeader = 8;
  size_t at = 12;
  while (at + kHeader <= file.size()) {
    const size_t size = number_at(file, at + 4, 4, ByteOrder::little);
    const size_t left = file.size() - at - kHeader;
    if (size > left) refuse_cut_off("WebP", file, name);
    if (as_text(file.subspan(at, 4)) == "EXIF") return file.subspan(at + kHeader, size);
    at += kHeader + size + std::min(size % 2, left - size);
  }
  return {};
}

}  // namespace diorama
