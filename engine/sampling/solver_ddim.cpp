#include "sampling/solver_ddim.h"

#include <cmath>

#include "sampling/latent_math.h"
#include "sampling/scheduler_config.h"

namespace diorama {
namespace {

// The level after a step lies T / n timesteps below, whatever the spacing, as published.
Schedule ddim_schedule(const Config& scheduler, const SamplerOptions& options) {
  const std::vector<double> alphas = read_alphas_cumprod(scheduler);
  const double last = scheduler.get_or("set_alpha_to_one", true) ? 1 : alphas[0];
  const int stride = static_cast<int>(alphas.size()) / options.steps;
  Schedule schedule;
  for (const int t : read_timesteps(scheduler, read_spacing(scheduler, Spacing::leading), options.steps))
    schedule.push_back({static_cast<double>(t), diffusion_level(alphas[t]),
                        diffusion_level(t < stride ? last : alphas[t - stride])});
  return schedule;
}

}  // namespace

DdimSolver::DdimSolver(const Config& scheduler, const SamplerOptions& options)
    : Solver(read_prediction(scheduler), ddim_schedule(scheduler, options)),
      eta_(options.eta.value_or(0)),
      clip_(read_clip(scheduler)) {}

void DdimSolver::take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const {
  const auto& [timestep, from, to] = schedule()[state.step];
  const HostTensor output = evaluate_mean(evaluate, state.x, timestep);
  state.x0 = predict_x0(from, state.x, output);
  if (clip_) clamp(state.x0, *clip_);
  const double variance = std::pow(to.sigma / from.sigma, 2) * (1 - std::pow(from.alpha / to.alpha, 2));
  const double deviation = eta_ * std::sqrt(variance);
  const double direction = std::sqrt(to.sigma * to.sigma - deviation * deviation);
  state.x = weighted_sum(to.alpha, state.x0, direction, predict_noise(prediction(), from, state.x, output));
  if (deviation > 0) state.x = weighted_sum(1, state.x, deviation, draw_noise(state.step));
}

}  // namespace diorama
