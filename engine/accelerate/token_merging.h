// Token merging: a branch is computed for fewer tokens, each the mean of tokens that look alike, and its
// result is copied to all that were merged. Which are alike is decided once an evaluation, from what the
// first such block is given, for both halves of the guidance:
//   ToMe for stable diffusion (Bolya & Hoffman 2023, arXiv 2303.17604): one token of every 2 x 2 cell
//   receives; of the others those most like (by cosine) their best receiver are merged into it; PiToMe (Tran
//   et al. 2024, arXiv 2405.16148): of the tokens with the highest energy - a soft count of tokens that look
//   like them - every second one is merged into its best match among the rest of these.
// No receiver takes more than 7, so that the mean has a fixed number of terms. A digit for each block:
//   0  all tokens
//   1  merged
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kTokenMerging;

}  // namespace diorama::accelerate
