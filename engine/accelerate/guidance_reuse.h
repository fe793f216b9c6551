// Guidance whose unconditional half is not evaluated at every step (after CFG-Cache of FasterCache, Lv et al.
// 2024, arXiv 2410.19355): where it is left out, the conditional half plus the difference that the two had
// when both were evaluated last, continued by a line through the last two if `order` is 1. One place in the
// tables:
//   0  both halves
//   1  the conditional half
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kGuidanceReuse;

}  // namespace diorama::accelerate
