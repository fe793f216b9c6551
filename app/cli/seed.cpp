#include "cli/seed.h"

#include <limits>
#include <random>

#include "base/decimal.h"
#include "base/error.h"
#include "base/utf8.h"

namespace diorama::cli {

uint64_t Seed::draw() const {
  return number ? *number : std::random_device()();
}

Seed parse_seed(std::string_view text) {
  if (text == "random") return {};
  if (const auto number = parse_decimal<uint64_t>(text)) return {number};
  if (const auto number = parse_decimal<int64_t>(text); number && *number < 0) return {};
  fail(Fault::usage,
       "[seed] '{}' is no seed; give a whole number from 0 to {} in decimal digits, or -1 for any",
       one_line(text), std::numeric_limits<uint64_t>::max());
}

}  // namespace diorama::cli
