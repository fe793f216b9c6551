#include "base/text_encoding.h"

#include <cstdint>
#include <optional>

#include "base/utf8.h"

namespace diorama {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF", kLittleMark = "\xFF\xFE", kBigMark = "\xFE\xFF";

enum class ByteOrder { little, big };

// By its mark, else by its zeros: Latin letters have one in the upper byte, and hardly any character has one
// in the lower.
std::optional<ByteOrder> utf16_order(std::string_view bytes) {
  if (bytes.starts_with(kLittleMark)) return ByteOrder::little;
  if (bytes.starts_with(kBigMark)) return ByteOrder::big;
  size_t zeros[2] = {0, 0};  // at even and at odd places
  for (size_t i = 0; i < bytes.size(); ++i) zeros[i % 2] += bytes[i] == '\0' ? 1 : 0;
  const size_t enough = (bytes.size() / 2 + 1) / 2;  // half of the characters
  if (zeros[0] == 0 && zeros[1] > 0 && zeros[1] >= enough) return ByteOrder::little;
  if (zeros[1] == 0 && zeros[0] > 0 && zeros[0] >= enough) return ByteOrder::big;
  return std::nullopt;
}

class Utf16Reader {
 public:
  Utf16Reader(std::string_view bytes, ByteOrder order) : rest_(bytes), order_(order) {}

  bool done() const { return rest_.empty(); }
  // None where the text ends inside a character, or a surrogate stands alone.
  std::optional<char32_t> take() {
    const auto first = take_unit();
    if (!first || *first < 0xD800 || *first >= 0xE000) return first;
    const auto second = take_unit();
    if (*first >= 0xDC00 || !second || *second < 0xDC00 || *second >= 0xE000) return std::nullopt;
    return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
  }

 private:
  std::optional<char32_t> take_unit() {
    if (rest_.size() < 2) return std::nullopt;
    const auto byte = [&](size_t i) { return static_cast<char32_t>(static_cast<uint8_t>(rest_[i])); };
    const char32_t unit = order_ == ByteOrder::little ? byte(0) | byte(1) << 8 : byte(0) << 8 | byte(1);
    rest_.remove_prefix(2);
    return unit;
  }

  std::string_view rest_;
  ByteOrder order_;
};

std::string from_utf16(std::string_view bytes, ByteOrder order, std::string_view where, Fault fault) {
  if (bytes.starts_with(kLittleMark) || bytes.starts_with(kBigMark)) bytes.remove_prefix(kBigMark.size());
  std::string text;
  for (Utf16Reader reader(bytes, order); !reader.done();) {
    const auto code_point = reader.take();
    if (!code_point)
      fail(fault, "{}: begins as UTF-16 text, which breaks off or is damaged; save it again, as UTF-8",
           where);
    append_utf8(text, *code_point);
  }
  return text;
}

// The first byte that belongs to no character, or the end.
size_t first_invalid_byte(std::string_view text) {
  constexpr char32_t kReplacement = 0xFFFD;
  constexpr std::string_view kItself = "\xEF\xBF\xBD";
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    if (take_code_point(rest) == kReplacement && !before.starts_with(kItself))
      return text.size() - before.size();
  }
  return text.size();
}

void check_characters(std::string_view text, std::string_view where, Fault fault) {
  if (const size_t at = first_invalid_byte(text); at < text.size())
    fail(fault,
         "{}: is not UTF-8: byte {} is 0x{:02X}, as in text of an 8-bit code page; save it as UTF-8, or "
         "convert it, "
         "as with iconv -f WINDOWS-1252 -t UTF-8",
         where, at + 1, static_cast<uint8_t>(text[at]));
  if (const size_t at = text.find('\0'); at != std::string_view::npos)
    fail(fault,
         "{}: holds a zero character (byte {} of its text); it is no text, or in a form that is not read: "
         "save it as UTF-8",
         where, at + 1);
}

void unify_line_ends(std::string& text) {
  if (text.find('\r') == std::string::npos) return;
  size_t kept = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    text[kept++] = text[i] == '\r' ? '\n' : text[i];
  }
  text.resize(kept);
}

}  // namespace

std::string decode_text(std::string bytes, std::string_view where, Fault fault) {
  if (const auto order = utf16_order(bytes))
    bytes = from_utf16(bytes, *order, where, fault);
  else if (bytes.starts_with(kMark))
    bytes.erase(0, kMark.size());
  check_characters(bytes, where, fault);
  unify_line_ends(bytes);
  return bytes;
}

}  // namespace diorama
