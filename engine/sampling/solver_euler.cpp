#include "sampling/solver_euler.h"

#include "sampling/latent_math.h"
#include "sampling/scheduler_config.h"

namespace diorama {

Schedule flow_match_schedule(const Config& scheduler, const SamplerOptions& options) {
  const int trained = read_train_timesteps(scheduler);
  const double shift = read_shift(scheduler, options.shift);
  Schedule schedule;
  for (const double sigma : linspace(1, shifted(1.0 / trained, shift), options.steps)) {
    const NoiseLevel level = flow_level(shifted(sigma, shift));
    append_step(schedule, level.sigma * trained, level);
  }
  return schedule;
}

EulerSolver::EulerSolver(const Config& scheduler, const SamplerOptions& options)
    : Solver(Prediction::flow, flow_match_schedule(scheduler, options)) {}

void EulerSolver::take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise&) const {
  const auto& [timestep, from, to] = schedule()[state.step];
  const HostTensor v = evaluate_mean(evaluate, state.x, timestep);
  state.x0 = predict_x0(from, state.x, v);
  state.x = weighted_sum(1, state.x, to.sigma - from.sigma, v);
}

}  // namespace diorama
