#pragma once

#include "sampling/solver.h"

namespace diorama {

// x(sigma') = x + (sigma' - sigma) * v
class EulerSolver : public Solver {
 public:
  EulerSolver(const Config& scheduler, const SamplerOptions& options);

 private:
  void take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const override;
};

// Even timesteps, shifted. The last trained sigma is shifted twice, as published.
Schedule flow_match_schedule(const Config& scheduler, const SamplerOptions& options);

}  // namespace diorama
