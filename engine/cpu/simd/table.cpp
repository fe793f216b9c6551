#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {

const Kernels kKernels{
    .multiply = multiply_panels,
    .finish_row = finish_row,
    .norm_row = norm_row,
    .attention = attend,
    .binary_row = binary_row,
    .unary_row = unary_row,
    .gate_add_row = gate_add_row,
    .soft_clamp = clamp_softly,
    .sum_columns = sum_columns,
    .scale_columns = scale_columns,
};

}  // namespace diorama::cpu::DIORAMA_ISA
