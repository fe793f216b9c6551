// Reads a driver's assembly for what a kernel spends its time on (AMD's syntax, as RADV prints it).
#pragma once

#include <string_view>

namespace diorama::vulkan {

struct InstructionMix {
  int vector = 0;  // v_...
  int dot4 = 0;    // products of four bytes
  int fma = 0;     // multiply-adds of floats, and of integers without a dot product
};

// Of the basic block with the most multiply-adds: the innermost loop of a product. Zeros without one.
InstructionMix inner_loop(std::string_view assembly);

}  // namespace diorama::vulkan
