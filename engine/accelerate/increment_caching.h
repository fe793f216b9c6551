// Linears that are not computed at every evaluation but follow their input (increment-calibrated caching,
// ICC, Chen et al. 2025, arXiv 2505.05829). An evaluation that computes a linear of a block keeps its input
// x_c and its product y_c, bias included, before the activation. At later ones
//   y = y_c + W_a W_b (x - x_c),
// where W_a W_b has rank `rank` and comes near to W where it matters (quant/low_rank.h): channels weigh as
// the square root of the mean size of what they held when the factors were made, which is at the first
// evaluation that uses them, from the run's own x_c and y_c; the publication takes them from 256 pictures of
// a data set, and q, k and v apart where they are joined here. Linears whose factors would be no less work
// than they are, and rows that are no tokens, are computed. So is what is not kept of the lanes at hand. One
// place in the tables:
//   0  linears are computed
//   1  those of which something is kept follow their input
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kIncrementCaching;

}  // namespace diorama::accelerate
