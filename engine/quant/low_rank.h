// Two thin matrices in place of one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "quant/team.h"

namespace diorama::quant {

struct Factors {
  std::vector<float> a;  // [n, rank]
  std::vector<float> b;  // [rank, k]
};

// a b ~ w [n, k], nearly as near as can be by diag(rows) (w - a b) diag(columns) in the Frobenius norm: a
// randomised range finder (Halko, Martinsson, Tropp 2011, arXiv 0909.4061) of exactly `rank` directions,
// after one pass of subspace iteration, in place of the singular vectors. rank is at most the smaller of n
// and k.
Factors low_rank(std::span<const float> w, int64_t n, int64_t k, int64_t rank, std::span<const float> rows,
                 std::span<const float> columns, const Team& team = {});

// How much a channel counts, by the mean size of its values: the square root of it, the smallest at a
// thousandth of the largest.
std::vector<float> channel_weights(std::span<const float> values, int64_t width);

}  // namespace diorama::quant
