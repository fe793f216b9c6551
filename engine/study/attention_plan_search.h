// DiTFastAttn's greedy search of what attention does at each step and block (arXiv 2406.08552, algorithm 1,
// and its authors' code).
#pragma once

#include <functional>
#include <span>

#include "accelerate/schedule.h"
#include "pipeline/pipeline.h"

namespace diorama {

class AttentionPlanSearch {
 public:
  AttentionPlanSearch(const ModelFolder& folder, Device& device, const Precision& precision);
  ~AttentionPlanSearch();

  // At evaluation t and block i of L the first of AST, WA-RS for one half, WA-RS, ASC after which the
  // network's output is within delta (i + 1) / L of that of full attention at t; what was taken before stays,
  // so that errors add up. The first picture decides; each further one takes back what costs it too much.
  // Resolved requests of the same size, steps and guidance.
  accelerate::Schedule search(std::span<const RenderRequest> pictures, double delta,
                              const std::function<void()>& on_step);

 private:
  class Watcher;

  std::unique_ptr<Watcher> watcher_;
  Pipeline pipeline_;
};

// The mean over all elements of |a - b| / |max(a, b) + 1e-6|, at most 10: the authors' code takes the greater
// of the two with its sign.
double attention_loss(const HostTensor& a, const HostTensor& b);

}  // namespace diorama
