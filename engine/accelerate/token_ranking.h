// Which tokens are to be recomputed first: mathematics on the host, in double precision.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/host_tensor.h"

namespace diorama::accelerate {

// The change of each token of an output [1, C, h, w] since another: the root of the sum of squares over its
// patch and all channels.
std::vector<double> change_of_tokens(const HostTensor& now, const HostTensor& before, int64_t tokens_wide,
                                     int64_t num_tokens);

// Makes one token of an output [1, C, h, w] that of another.
void copy_token(const HostTensor& from, HostTensor& to, int64_t tokens_wide, int32_t token);

// Weighted page rank (Zero-TPrune, Wang et al. 2023): the stationary importance s = A^T s of tokens under
// attention A = softmax(scale * q k^T), averaged over heads; q and k [1, N, H * d].
std::vector<double> page_rank(const HostTensor& q, const HostTensor& k, int num_heads, float scale);

// How long each token has waited to be recomputed, and in which order they are next.
class TokenOrder {
 public:
  explicit TokenOrder(int64_t num_tokens) : waited_(static_cast<size_t>(num_tokens), 0) {}

  // All of them, the best first. The first `reserved` are those that waited longest, the rest go by score; so
  // with `reserved` of N recomputed each time none waits more than N / reserved times.
  std::vector<int32_t> next(std::span<const double> scores, int64_t reserved) const;
  // These were recomputed, the others were not.
  void recomputed(std::span<const int32_t> tokens);
  void all_recomputed();
  int waited(int32_t token) const { return waited_[static_cast<size_t>(token)]; }

 private:
  std::vector<int> waited_;
};

}  // namespace diorama::accelerate
