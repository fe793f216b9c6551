// UTF-8 from untrusted text: what is not UTF-8 reads as U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace diorama {

// Takes the first code point off `text`, which must not be empty.
char32_t take_code_point(std::string_view& text);
void append_utf8(std::string& text, char32_t code_point);
std::string to_valid_utf8(std::string_view text);
// For a terminal: control characters, but for line ends and tabs, and marks that change the direction of
// writing read as U+FFFD too.
std::string to_printable_utf8(std::string_view text);
// For a place inside a line: line ends and tabs read as U+FFFD as well, and what is longer than `most` bytes
// is cut to at most that and ends in "...".
std::string one_line(std::string_view text, size_t most = 80);

}  // namespace diorama
