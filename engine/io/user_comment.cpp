#include "io/user_comment.h"

#include <cstddef>
#include <cstdint>

#include "base/utf8.h"

namespace diorama {
namespace {

constexpr size_t kCodeSize = 8;
constexpr std::string_view kUnicode("UNICODE\0", kCodeSize), kAscii("ASCII\0\0\0", kCodeSize),
    kJapanese("JIS\0\0\0\0\0", kCodeSize), kUndefined("\0\0\0\0\0\0\0\0", kCodeSize);

constexpr char32_t kReplacement = 0xFFFD;

// By a mark, else by the zeros in the upper bytes of Latin letters, which every settings line has.
ByteOrder order_of(std::string_view utf16, ByteOrder otherwise) {
  if (utf16.starts_with("\xFE\xFF")) return ByteOrder::big;
  if (utf16.starts_with("\xFF\xFE")) return ByteOrder::little;
  size_t zeros[2] = {0, 0};  // at even and at odd places
  for (size_t i = 0; i < utf16.size(); ++i) zeros[i % 2] += utf16[i] == '\0' ? 1 : 0;
  if (zeros[0] == zeros[1]) return otherwise;
  return zeros[0] > zeros[1] ? ByteOrder::big : ByteOrder::little;
}

char32_t unit_at(std::string_view utf16, size_t i, ByteOrder order) {
  const auto first = static_cast<uint8_t>(utf16[i]), second = static_cast<uint8_t>(utf16[i + 1]);
  return order == ByteOrder::big ? first << 8 | second : second << 8 | first;
}

bool is_upper_half(char32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool is_lower_half(char32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

std::string from_utf16(std::string_view utf16, ByteOrder order) {
  constexpr char32_t kMark = 0xFEFF;
  std::string text;
  for (size_t i = 0; i + 2 <= utf16.size(); i += 2) {
    char32_t unit = unit_at(utf16, i, order);
    if (is_upper_half(unit) && i + 4 <= utf16.size() && is_lower_half(unit_at(utf16, i + 2, order))) {
      i += 2;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (unit_at(utf16, i, order) - 0xDC00);
    } else if (is_upper_half(unit) || is_lower_half(unit)) {
      unit = kReplacement;
    }
    if (unit != kMark || i > 0) append_utf8(text, unit);
  }
  return text;
}

// Programs fill up with zeros and spaces.
std::string without_padding(std::string text) {
  constexpr std::string_view kPadding("\0 \r\n", 4);
  text.resize(text.find_last_not_of(kPadding) + 1);
  return text;
}

}  // namespace

std::string decode_user_comment(std::string_view comment, ByteOrder order) {
  if (comment.starts_with(kJapanese)) return {};
  const bool has_code =
      comment.starts_with(kUnicode) || comment.starts_with(kAscii) || comment.starts_with(kUndefined);
  std::string_view text = has_code ? comment.substr(kCodeSize) : comment;
  const std::string_view letters = text.substr(0, text.find_last_not_of('\0') + 1);
  const bool is_utf16 = letters.find('\0') != std::string_view::npos || letters.starts_with("\xFE\xFF") ||
                        letters.starts_with("\xFF\xFE");
  return without_padding(is_utf16 ? from_utf16(text, order_of(text, order)) : to_valid_utf8(letters));
}

}  // namespace diorama
