// Declarations behind the table of one instruction set.
#pragma once

#include "cpu/simd/kernels.h"

namespace diorama::cpu::DIORAMA_ISA {

void multiply_panels(const MultiplyTask& task);
void finish_row(const Epilogue& epilogue, int64_t row, const float* sums, int64_t n);
void multiply_integer(const IntegerTask& task);
void multiply_integer_vnni(const IntegerTask& task);
void quantise_row(const QuantiseTask& task, const float* x, std::byte* y);
void norm_row(const NormTask& task, const float* x, DType type, void* y);
void attend(const AttentionTask& task);
void attend_codes(const AttentionTask& task);
void attend_codes_vnni(const AttentionTask& task);
void binary_row(const BinaryTask& task, Rows a, Rows b, MutableRows y, int64_t width);
void unary_row(Activation activation, Rows x, MutableRows y, int64_t width);
void gate_add_row(const float* x, const float* gate, const float* residual, float* y, int64_t width);
void clamp_softly(const float* x, float limit, float* y, int64_t count);
void sum_columns(Rows x, int64_t num_rows, int64_t width, const float* center, float* sums, float* squares);
void scale_columns(Rows x, int64_t num_rows, int64_t width, const float* center, const float* scale,
                   const float* shift, Activation activation, MutableRows y);

}  // namespace diorama::cpu::DIORAMA_ISA
