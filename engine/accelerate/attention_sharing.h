// DiTFastAttn (Yuan et al. 2024, arXiv 2406.08552): self-attention that is not computed anew at every step,
// for every key and for both halves of the guidance. What is done in an evaluation, a digit for each block:
//   0  all of it
//   1  AST: the result of the last evaluation, after the output projection
//   2  WA-RS: attention in a window |i - j| <= w of the flattened tokens, plus what the last full one had
//      beyond it; w is an eighth of the tokens where a schedule asks for it and `window` is 0
//   3  ASC: all of it, for the conditional half alone; the other takes the same result
//   4  WA-RS for the conditional half alone
// The schedule of a plan has these digits; without one they follow the settings.
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kAttentionSharing;

// Another table of the method: what an evaluation keeps of a block, 1 its result, 2 what its full attention
// had beyond the window, 3 both.
inline constexpr std::string_view kAttentionKept = "attention_sharing.kept";

}  // namespace diorama::accelerate
