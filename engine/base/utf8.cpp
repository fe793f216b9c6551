#include "base/utf8.h"

#include <cstdint>

namespace diorama {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// Bytes of a sequence by its first byte; 0 where none begins so.
int sequence_length(uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

bool is_allowed(char32_t code_point, int length) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};  // overlong below
  const bool surrogate = code_point >= 0xD800 && code_point < 0xE000;
  return code_point >= kSmallest[length] && code_point <= 0x10FFFF && !surrogate;
}

// Controls of both sets, separators of lines and paragraphs, and marks and overrides of the direction of
// writing.
bool acts_on_a_terminal(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const auto first = static_cast<uint8_t>(text.front());
  const int length = sequence_length(first);
  char32_t code_point = length <= 1 ? first : first & (0xFFu >> (length + 1));
  int taken = 1;
  for (; taken < length && static_cast<size_t>(taken) < text.size(); ++taken) {
    const auto next = static_cast<uint8_t>(text[static_cast<size_t>(taken)]);
    if ((next & 0xC0) != 0x80) break;
    code_point = code_point << 6 | (next & 0x3Fu);
  }
  const bool valid = taken == length && is_allowed(code_point, length);
  text.remove_prefix(valid ? static_cast<size_t>(length) : 1);
  return valid ? code_point : kReplacement;
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  const auto put_rest = [&](int shift) {
    for (; shift >= 0; shift -= 6) put(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) return put(0xC0 | code_point >> 6), put_rest(0);
  if (code_point < 0x10000) return put(0xE0 | code_point >> 12), put_rest(6);
  put(0xF0 | code_point >> 18), put_rest(12);
}

std::string to_valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) append_utf8(valid, take_code_point(text));
  return valid;
}

std::string to_printable_utf8(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    append_utf8(printable, c == '\n' || c == '\t' || !acts_on_a_terminal(c) ? c : kReplacement);
  }
  return printable;
}

std::string one_line(std::string_view text, size_t most) {
  constexpr std::string_view kCut = "...";
  std::string line;
  size_t whole = 0;  // bytes after which there is still room for the mark of a cut
  while (!text.empty()) {
    const char32_t c = take_code_point(text);
    append_utf8(line, acts_on_a_terminal(c) ? kReplacement : c);
    if (line.size() > most) return line.substr(0, whole) + std::string(kCut.substr(0, most - whole));
    if (line.size() + kCut.size() <= most) whole = line.size();
  }
  return line;
}

}  // namespace diorama
