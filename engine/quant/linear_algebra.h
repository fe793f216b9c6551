// Dense matrices in fp32, row by row, as large as the inputs of a layer: what GPTQ needs and no more.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quant/team.h"

namespace diorama::quant {

// c [m, n] -= a [m, k] b [k, n]; rows lie `*_stride` elements apart.
void subtract_product(float* c, int64_t c_stride, const float* a, int64_t a_stride, const float* b,
                      int64_t b_stride, int64_t m, int64_t k, int64_t n, const Team& team = {});

// x^T x for x [rows, k]: [k, k].
std::vector<float> gram(std::span<const float> x, int64_t rows, int64_t k, const Team& team = {});

// The upper triangular U with U^T U = H^-1 for a symmetric positive definite H [k, k], which it overwrites;
// false where H is not positive definite.
bool inverse_cholesky(std::span<float> h, int64_t k, const Team& team = {});

}  // namespace diorama::quant
