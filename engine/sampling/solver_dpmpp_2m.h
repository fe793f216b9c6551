#pragma once

#include "sampling/solver.h"

namespace diorama {

// DPM-Solver++ of order 2, multistep, midpoint (Lu et al. 2022), for diffusion and for flow models.
class Dpmpp2mSolver : public Solver {
 public:
  Dpmpp2mSolver(const Config& scheduler, const SamplerOptions& options);

 private:
  void take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const override;

  bool multistep_ = true;  // solver_order 2
  bool first_order_at_end_ = false;
};

}  // namespace diorama
