#include "vulkan/inner_loop.h"

#include <algorithm>

namespace diorama::vulkan {
namespace {

bool is_label(std::string_view line) {
  return line.starts_with("BB") && line.find(':') != std::string_view::npos;
}

void count(std::string_view instruction, InstructionMix& mix) {
  if (!instruction.starts_with("v_")) return;
  ++mix.vector;
  mix.dot4 += instruction.starts_with("v_dot4");
  for (const std::string_view name : {"v_fma", "v_pk_fma", "v_mac", "v_fmac", "v_dual_fmac", "v_mad"})
    if (instruction.starts_with(name)) {
      ++mix.fma;
      break;
    }
}

}  // namespace

InstructionMix inner_loop(std::string_view assembly) {
  InstructionMix best;
  InstructionMix block;
  const auto finish = [&] {
    if (block.dot4 + block.fma > best.dot4 + best.fma) best = block;
    block = {};
  };
  while (!assembly.empty()) {
    const size_t end = assembly.find('\n');
    std::string_view line = assembly.substr(0, end);
    assembly = end == std::string_view::npos ? std::string_view() : assembly.substr(end + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (is_label(line)) finish();
    count(line, block);
  }
  finish();
  return best;
}

}  // namespace diorama::vulkan
