// Rows of a matrix to 4-bit codes so that the layer's output changes least: GPTQ (Frantar et al., arXiv
// 2210.17323) with the scales of formats/w4a8.h. The error of each column is passed on to those that are
// still to come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "quant/team.h"

namespace diorama::quant {

// U of H = x^T x + damping on the diagonal (a share of its mean) for inputs x [rows, k] as the product sees
// them; see inverse_cholesky.
std::vector<float> gptq_factor(std::span<const float> x, int64_t rows, int64_t k, float damping,
                               const Team& team = {});

// Rows [n, k], which it overwrites, to rows of w4a8; `factor` may be empty: nearest codes then.
void encode_w4a8(std::span<float> rows, int64_t n, int64_t k, std::span<const float> factor, bool clip_search,
                 std::byte* out, const Team& team = {});

}  // namespace diorama::quant
