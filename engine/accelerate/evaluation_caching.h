// Evaluations that are not made while the latent has moved too little to matter (EasyCache). Where the
// network was evaluated last two times, at c' and c, it changed k = |out_c - out_c'| / |x_c - x_c'| per
// change of the latent (means of absolute values); each later step adds the relative change that is to be
// expected,
//   k |x_t - x_(t-1)| / |out_c|,
// and while the sum stays under the threshold the network is taken to give out_c, or with `difference`, as
// published, x_t + (out_c - x_c). One place in the tables:
//   0  the network is evaluated
//   1  it is not
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kEvaluationCaching;

}  // namespace diorama::accelerate
