#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {

namespace {

constexpr Kernels with(void (*multiply_integer)(const IntegerTask&), int level_offset,
                       void (*attention_codes)(const AttentionTask&)) {
  return {
      .multiply = multiply_panels,
      .finish_row = finish_row,
      .multiply_integer = multiply_integer,
      .level_offset = level_offset,
      .quantise_row = quantise_row,
      .norm_row = norm_row,
      .attention = attend,
      .attention_codes = attention_codes,
      .binary_row = binary_row,
      .unary_row = unary_row,
      .gate_add_row = gate_add_row,
      .soft_clamp = clamp_softly,
      .sum_columns = sum_columns,
      .scale_columns = scale_columns,
  };
}

}  // namespace

const Kernels kKernels = with(multiply_integer, 0, attend_codes);
#if defined(__AVX2__)
const Kernels kKernelsVnni = with(multiply_integer_vnni, 128, attend_codes_vnni);
#endif

}  // namespace diorama::cpu::DIORAMA_ISA
