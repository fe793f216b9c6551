#include "io/prompt_text.h"

#include <algorithm>

#include "base/utf8.h"
#include "io/lower_case_table.h"

namespace diorama {
namespace {

void append_lower(std::string& text, char32_t code_point) {
  if (code_point == 0x130) {  // I with dot above: the only mapping to two code points
    text += "i\u0307";
    return;
  }
  const auto range = std::ranges::lower_bound(kLowerCaseRanges, code_point, {}, &LowerCaseRange::last);
  const bool upper = range != kLowerCaseRanges.end() && code_point >= range->first &&
                     (code_point - range->first) % static_cast<char32_t>(range->step) == 0;
  append_utf8(text, upper ? code_point + static_cast<char32_t>(range->delta) : code_point);
}

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace

std::string normalise_prompt(std::string_view prompt) {
  std::string text;
  size_t end = 0;  // of the last code point that is no space
  while (!prompt.empty()) {
    const char32_t code_point = take_code_point(prompt);
    if (text.empty() && is_space(code_point)) continue;
    append_lower(text, code_point);
    if (!is_space(code_point)) end = text.size();
  }
  text.resize(end);
  return text;
}

}  // namespace diorama
