// Text files as editors and shells write them.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace diorama {

// The text in `bytes` as UTF-8, with line ends of one "\n". Reads UTF-8 with or without a byte order mark,
// and UTF-16 of either byte order with a mark, or without one where the zeros of Latin letters tell the
// order. Fails with `fault` where the bytes are something else, such as an 8-bit code page or binary data:
// `where` opens the message, which says how to convert it.
std::string decode_text(std::string bytes, std::string_view where, Fault fault = Fault::usage);

}  // namespace diorama
