// Arithmetic on whole tensors that methods share.
#pragma once

#include <span>

#include "accelerate/token_matching.h"
#include "tensor/kernel_args.h"
#include "tensor/stream.h"

namespace diorama::accelerate {

// a_weight * a + b_weight * b, fp32.
Tensor weighted_sum(Stream& stream, float a_weight, const Tensor& a, float b_weight, const Tensor& b);
// The same values in another form; x itself where it has it.
Tensor as_form(Stream& stream, const Tensor& x, const InputForm& form);
// The same values, fp32 and without gaps between rows.
Tensor as_f32(Stream& stream, const Tensor& x);

// Rows of some tokens in each of `lanes` lanes of `num_tokens`, [lanes * tokens] i32.
Tensor upload_rows(Stream& stream, std::span<const int32_t> tokens, int64_t lanes, int64_t num_tokens);
// x [L, n, D] at the rows ids [L * n]: every token of every lane is named once -> [L, n, D].
Tensor scatter_tokens(Stream& stream, const Tensor& x, const Tensor& ids);
// Rows of x [L, N, D] at ids [L * n] -> [L, n, D].
Tensor gather_tokens(Stream& stream, const Tensor& x, const Tensor& ids);

// x [L, N, D] mixed alike in every lane -> [L, rows, D].
Tensor mix_tokens(Stream& stream, const Tensor& x, const RowMix& mix);

}  // namespace diorama::accelerate
