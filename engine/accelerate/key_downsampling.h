// ToDo (Smith et al. 2024, arXiv 2402.13573): self-attention reads the keys and values of every stride-th
// token along both sides of the grid only. Queries stay whole, so nothing has to be restored. A digit for
// each block:
//   0  all keys
//   1  those of the coarser grid
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kKeyDownsampling;

}  // namespace diorama::accelerate
