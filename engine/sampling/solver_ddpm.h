#pragma once

#include "sampling/solver.h"

namespace diorama {

// Ancestral sampling (Ho et al. 2020, equations 6 and 7), the variance fixed or learned (Nichol & Dhariwal
// 2021).
class DdpmSolver : public Solver {
 public:
  DdpmSolver(const Config& scheduler, const SamplerOptions& options);

 private:
  void take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const override;

  std::optional<double> clip_;           // x0 is kept within +- this
  std::optional<bool> learns_variance_;  // unknown: as the network's output has a variance half or not
};

}  // namespace diorama
