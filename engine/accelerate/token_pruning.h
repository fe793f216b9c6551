// Token pruning: at some evaluations and blocks only the tokens that changed most are recomputed. The others
// take x + gate * branch(x) with what each branch gave them when they were last computed and this step's
// gate; their keys and values come from the layer's cache, or are computed from where the tokens stand now.
// What is left out in an evaluation, a digit for each block: tenths of the tokens (0: none). The number kept
// is rounded up to a multiple of 16.
//
// The same tokens for both halves of the guidance, chosen on the host: by how much the network's output
// changed at them per evaluation when they were last recomputed, times how long ago that was (region-adaptive
// sampling, arXiv 2502.10389, ranks by the output's spread); where they could starve, places are kept for
// those that waited longest. More tokens late in the run and in some blocks than in others: the density of
// FlexDiT (arXiv 2412.06028), without its training.
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kTokenPruning;

// Of `num_tokens`, where so many tenths are left out.
int64_t num_kept_tokens(int64_t num_tokens, int tenths_left_out);

}  // namespace diorama::accelerate
