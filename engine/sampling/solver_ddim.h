#pragma once

#include "sampling/solver.h"

namespace diorama {

// Song et al. 2021, equation 12; eta scales the fresh noise.
class DdimSolver : public Solver {
 public:
  DdimSolver(const Config& scheduler, const SamplerOptions& options);

 private:
  void take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const override;

  double eta_ = 0;
  std::optional<double> clip_;  // x0 is kept within +- this
};

}  // namespace diorama
