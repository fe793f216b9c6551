// UTF-8 from untrusted text: what is not UTF-8 reads as U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace diorama {

// Takes the first code point off `text`, which must not be empty.
char32_t take_code_point(std::string_view& text);
void append_utf8(std::string& text, char32_t code_point);
std::string to_valid_utf8(std::string_view text);
// For a terminal: control characters, but for line ends and tabs, read as U+FFFD too.
std::string to_printable_utf8(std::string_view text);

}  // namespace diorama
