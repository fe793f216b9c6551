#include "cli/terminal_line.h"

#include <unistd.h>

#include "base/say.h"
#include "base/utf8.h"

namespace diorama::cli {

TerminalLine::TerminalLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

void TerminalLine::show(const std::string& text) {
  if (!terminal_) return;
  put(stderr, "\r\033[K" + one_line(text, 200));
  shown_ = true;
}

void TerminalLine::clear() {
  if (shown_) put(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace diorama::cli
