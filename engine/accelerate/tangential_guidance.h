// TCFG, tangential damping (Kwon et al. 2025, arXiv 2503.18137): the unconditional output loses what does not
// lie along the direction that the two outputs have most in common. With the rows (conditional,
// unconditional) as a matrix of two rows, v its first right singular vector,
//   u' = (u . v) v.
// It saves nothing; it is an experiment on what guidance adds. One place in the tables:
//   0  the outputs as they are
//   1  u' in place of u
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kTangentialGuidance;

}  // namespace diorama::accelerate
