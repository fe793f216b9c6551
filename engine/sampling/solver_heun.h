#pragma once

#include "sampling/solver.h"

namespace diorama {

// Euler, then once more with the mean of the slopes at both ends; the last step, which ends at sigma 0, stays
// Euler.
class HeunSolver : public Solver {
 public:
  HeunSolver(const Config& scheduler, const SamplerOptions& options);

  int num_evaluations(int step) const override { return step + 1 < num_steps() ? 2 : 1; }

 private:
  void take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const override;
};

}  // namespace diorama
