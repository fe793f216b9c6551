#include "sampling/solver_heun.h"

#include <utility>

#include "sampling/latent_math.h"
#include "sampling/solver_euler.h"

namespace diorama {

HeunSolver::HeunSolver(const Config& scheduler, const SamplerOptions& options)
    : Solver(Prediction::flow, flow_match_schedule(scheduler, options)) {}

void HeunSolver::take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise&) const {
  const auto& [timestep, from, to] = schedule()[state.step];
  const double dt = to.sigma - from.sigma;
  const HostTensor v = evaluate_mean(evaluate, state.x, timestep);
  HostTensor next = weighted_sum(1, state.x, dt, v);
  if (num_evaluations(state.step) == 1) {
    state.x0 = predict_x0(from, state.x, v);
  } else {
    const HostTensor v_next = evaluate_mean(evaluate, next, schedule()[state.step + 1].timestep);
    state.x0 = predict_x0(to, next, v_next);
    next = weighted_sum(1, state.x, dt, weighted_sum(0.5, v, 0.5, v_next));
  }
  state.x = std::move(next);
}

}  // namespace diorama
