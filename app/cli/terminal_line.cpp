#include "cli/terminal_line.h"

#include <fmt/format.h>
#include <unistd.h>

namespace diorama::cli {

TerminalLine::TerminalLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

void TerminalLine::show(const std::string& text) {
  if (!terminal_) return;
  fmt::print(stderr, "\r\033[K{}", text);
  shown_ = true;
}

void TerminalLine::clear() {
  if (shown_) fmt::print(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace diorama::cli
