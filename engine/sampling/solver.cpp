#include "sampling/solver.h"

#include "sampling/latent_math.h"

namespace diorama {

void Solver::advance(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const {
  require(state.step < num_steps(), "[sampler] step {} of {}", state.step, num_steps());
  take_step(state, evaluate, draw_noise);
  if (!all_finite(state.x))
    fail(Fault::unusable_result,
         "[sampler] step {} of {}: the latent is no longer finite; use a higher precision", state.step + 1,
         num_steps());
  ++state.step;
}

HostTensor Solver::evaluate_mean(const Evaluate& evaluate, const HostTensor& x, double timestep) {
  HostTensor output = evaluate(x, timestep);
  return output.shape == x.shape ? output : channel_range(output, 0, x.shape[1]);
}

}  // namespace diorama
