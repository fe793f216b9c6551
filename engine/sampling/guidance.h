// Classifier-free guidance: which halves a step evaluates, in which order they lie in the batch, and how
// their outputs become one. Nobody else knows the order.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/host_tensor.h"

namespace diorama {

enum class Half { conditional, unconditional };

struct GuidanceOptions {
  double scale = 1;  // 1: no unconditional half
  double begin = 0;  // the share of the run in which it acts
  double end = 1;
  int64_t guided_channels = 0;  // the first of the output's channels; the others stay conditional. 0: all
  std::vector<Half> order = {Half::unconditional, Half::conditional};
};

class Guidance {
 public:
  explicit Guidance(GuidanceOptions options);

  bool acts(int step, int num_steps) const;
  // What to evaluate, in batch order.
  std::vector<Half> halves(int step, int num_steps) const;
  // [B, ..] -> [halves * B, ..], each half the whole batch.
  static HostTensor repeat(const HostTensor& x, size_t halves);
  // u + scale * (c - u): [halves * B, C, ..] -> [B, C, ..].
  HostTensor combine(const HostTensor& output, const std::vector<Half>& halves) const;

 private:
  GuidanceOptions options_;
};

}  // namespace diorama
