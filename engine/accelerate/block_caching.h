// A range of blocks that is not run at every evaluation: what it would have given is continued from what it
// gave (TaylorSeer, Liu et al. 2025, arXiv 2503.06923, in its light form; with order 0 and a range of blocks
// it is Delta-DiT, arXiv 2406.01125). At an evaluation s that runs the range, with the last such one at s',
//   c_0 <- F,   c_{i+1} <- (c_i(new) - c_i(old)) / (s - s'),
// and at a later evaluation k the range is taken to give the sum over i of c_i p_i(k - s) / i!, where
// p_i(x) = x^i, or with `hermite` p_i(x) = sigma^i H_i(sigma x), sigma = 1/2 (HiCache). One place in the
// tables:
//   0  the range runs
//   1  it is continued
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kBlockCaching;

}  // namespace diorama::accelerate
