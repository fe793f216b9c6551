#include "base/say.h"

#include <poll.h>

#include "base/utf8.h"

namespace diorama {

void put(std::FILE* file, std::string_view bytes) noexcept {
  if (std::ferror(file) != 0) return;
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fflush(file);
}

void say(std::FILE* file, std::string_view text) noexcept {
  try {
    put(file, to_printable_utf8(text));
  } catch (...) {  // no memory for words
    return;
  }
}

bool reader_is_gone(std::FILE* file) noexcept {
  pollfd state{.fd = ::fileno(file), .events = 0, .revents = 0};
  return ::poll(&state, 1, 0) == 1 && (state.revents & POLLERR) != 0;
}

}  // namespace diorama
