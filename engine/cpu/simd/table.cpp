#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {

namespace {

constexpr Kernels with(void (*multiply_integer)(const IntegerTask&), int level_offset) {
  return {
      .multiply = multiply_panels,
      .finish_row = finish_row,
      .multiply_integer = multiply_integer,
      .level_offset = level_offset,
      .quantise_row = quantise_row,
      .norm_row = norm_row,
      .attention = attend,
      .binary_row = binary_row,
      .unary_row = unary_row,
      .gate_add_row = gate_add_row,
      .soft_clamp = clamp_softly,
      .sum_columns = sum_columns,
      .scale_columns = scale_columns,
  };
}

}  // namespace

const Kernels kKernels = with(multiply_integer, 0);
#if defined(__AVX2__)
const Kernels kKernelsVnni = with(multiply_integer_vnni, 128);
#endif

}  // namespace diorama::cpu::DIORAMA_ISA
