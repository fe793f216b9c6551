// Writing to standard output, standard error and terminals. Failing to say something never changes what is
// done: nothing here throws, and a stream that has failed once is left alone. Who must know asks std::ferror.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace diorama {

// The bytes as they are.
void put(std::FILE* file, std::string_view bytes) noexcept;

// Words for people: whatever could act on a terminal, but for line ends and tabs, is replaced.
void say(std::FILE* file, std::string_view text) noexcept;

// The file is a pipe that nobody will read any more, as behind `| head -1`.
bool reader_is_gone(std::FILE* file) noexcept;

template <typename First, typename... Rest>
void say(std::FILE* file, fmt::format_string<First, Rest...> format, First&& first, Rest&&... rest) noexcept {
  try {
    say(file, std::string_view(fmt::format(format, std::forward<First>(first), std::forward<Rest>(rest)...)));
  } catch (...) {  // no memory for words
    return;
  }
}

}  // namespace diorama
