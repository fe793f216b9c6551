// The seed of a picture, as it is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace diorama::cli {

struct Seed {
  std::optional<uint64_t> number;  // none: any

  // The number, or a new one of 32 bits, short enough to be typed again.
  uint64_t draw() const;

  bool operator==(const Seed& other) const = default;
};

// A whole number of 64 bits in decimal digits; any negative one, and "random", mean any seed. Fault::usage.
Seed parse_seed(std::string_view text);

}  // namespace diorama::cli
