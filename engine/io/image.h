#pragma once

#include <cstdint>
#include <vector>

namespace diorama {

// 8-bit RGB, rows from the top, no padding.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;

  bool operator==(const Image& other) const = default;
};

}  // namespace diorama
