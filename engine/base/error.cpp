#include "base/error.h"

#include "base/utf8.h"

namespace diorama {
namespace {

std::string shown(std::string_view message) {
  constexpr size_t kBeginning = 400, kEnd = 190;
  if (message.size() <= kBeginning + kEnd) return one_line(message, 3 * message.size());
  return one_line(message.substr(0, kBeginning + kEnd), kBeginning) + " " +
         one_line(message.substr(message.size() - kEnd), 3 * kEnd);
}

}  // namespace

Error::Error(Fault fault, std::string_view message) : std::runtime_error(shown(message)), fault_(fault) {}

}  // namespace diorama
