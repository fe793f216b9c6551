// Clustering with reconstruction (Expediting large-scale vision transformers, Liang et al. 2022, arXiv
// 2210.01035): a range of blocks runs on the centres of local clusters of tokens. After it every token takes
// what the nearest centres gained in the range, weighted by how near they are. The publication takes the
// centres themselves; their gain keeps what a token has of its own. One place in the tables:
//   0  all tokens
//   1  centres
#pragma once

#include "accelerate/method.h"

namespace diorama::accelerate {

extern const Method kTokenClustering;

}  // namespace diorama::accelerate
