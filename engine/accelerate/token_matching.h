// Which tokens look alike: mathematics on the host for merging and clustering.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/host_tensor.h"

namespace diorama::accelerate {

// Rows as weighted sums of `each` rows: what ops::mix_rows is given.
struct RowMix {
  int64_t each = 1;
  std::vector<int32_t> ids;    // [rows, each]
  std::vector<float> weights;  // likewise

  int64_t num_rows() const { return static_cast<int64_t>(ids.size()) / each; }
};

struct Merging {
  RowMix merged;              // from all tokens to fewer
  std::vector<int32_t> back;  // the merged row of each token
};

// x [1, N, D]; `count` tokens are merged away (at most as many as the rule has to give).
// ToMe: a receiver in every 2 x 2 cell, chosen by `draw`.
Merging merge_by_cells(const HostTensor& x, int64_t tokens_wide, int64_t count, uint64_t draw);
// PiToMe, whose `margin` falls with depth: cosines below it hardly count.
Merging merge_by_energy(const HostTensor& x, int64_t count, double margin);
// Every token by itself.
Merging merge_nothing(int64_t num_tokens);
// How many each rule can merge away.
int64_t most_merged_by_cells(int64_t num_tokens, int64_t tokens_wide);
int64_t most_merged_by_energy(int64_t num_tokens);

// Expediting-ViT (Liang et al. 2022, arXiv 2210.01035): centres begin as means of stride x stride cells; a
// token belongs to the nearest centre of the cells around its own; `rounds` times centres become means.
struct Clusters {
  HostTensor centres;          // [1, n, D] of the lane the clusters were made from
  std::vector<int32_t> owner;  // the centre of each token
  RowMix
      near;  // each token from the nearest centres, weights exp(-distance^2 / the mean one) made to sum to 1
};
Clusters cluster(const HostTensor& x, int64_t tokens_wide, int stride, int rounds);
// The means of a lane [1, N, D] over the tokens of each cluster [1, n, D]; an empty one is 0.
HostTensor means_of(const HostTensor& x, const std::vector<int32_t>& owner, int64_t num_clusters);

}  // namespace diorama::accelerate
