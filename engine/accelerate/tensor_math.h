// Arithmetic on whole tensors that methods share.
#pragma once

#include "tensor/kernel_args.h"
#include "tensor/stream.h"

namespace diorama::accelerate {

// a_weight * a + b_weight * b, fp32.
Tensor weighted_sum(Stream& stream, float a_weight, const Tensor& a, float b_weight, const Tensor& b);
// The same values in another form; x itself where it has it.
Tensor as_form(Stream& stream, const Tensor& x, const InputForm& form);

}  // namespace diorama::accelerate
