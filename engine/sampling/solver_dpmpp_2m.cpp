#include "sampling/solver_dpmpp_2m.h"

#include <cmath>
#include <limits>

#include "sampling/latent_math.h"
#include "sampling/scheduler_config.h"

namespace diorama {
namespace {

constexpr int kFewSteps = 15;  // below, the last step is of first order

Schedule flow_schedule(const Config& scheduler, const SamplerOptions& options) {
  const int trained = read_train_timesteps(scheduler);
  const double shift = read_shift(scheduler, options.shift);
  scheduler.get_word_or_first("final_sigmas_type", {"zero"});
  const std::vector<double> alphas = linspace(1, 1.0 / trained, options.steps + 1);
  Schedule schedule;
  for (int i = options.steps; i > 0; --i) {
    const double sigma = shifted(1 - alphas[i], shift);
    append_step(schedule, std::floor(sigma * trained), flow_level(sigma));  // integers, as published
  }
  return schedule;
}

Schedule diffusion_schedule(const Config& scheduler, const SamplerOptions& options) {
  const std::vector<double> alphas = read_alphas_cumprod(scheduler);
  const Spacing spacing = read_spacing(scheduler, Spacing::linspace);
  const bool ends_at_zero = scheduler.get_word_or_first("final_sigmas_type", {"zero", "sigma_min"}) == "zero";
  const NoiseLevel end = ends_at_zero ? NoiseLevel{} : diffusion_level(alphas[0]);
  constexpr double kLowest = -std::numeric_limits<double>::infinity();
  if (scheduler.get_number_or("lambda_min_clipped", kLowest, kLowest, std::numeric_limits<double>::max()) >
      lambda(diffusion_level(alphas.back())))
    scheduler.reject("lambda_min_clipped", "a bound that clips no timestep");

  // All spacings but trailing leave the last of n + 1 timesteps to the end level.
  const int extra = spacing == Spacing::trailing ? 0 : 1;
  if (options.steps + extra > static_cast<int>(alphas.size()))
    fail(Fault::usage, "[dpmpp-2m] --steps is {}; this model takes at most {}", options.steps,
         alphas.size() - extra);
  std::vector<int> timesteps = read_timesteps(scheduler, spacing, options.steps + extra);
  timesteps.resize(options.steps);
  Schedule schedule;
  for (const int t : timesteps) append_step(schedule, t, diffusion_level(alphas[t]), end);
  return schedule;
}

void reject_other_variants(const Config& scheduler) {
  scheduler.get_word_or_first("algorithm_type", {"dpmsolver++"});
  scheduler.get_word_or_first("solver_type", {"midpoint"});
  if (scheduler.get_or<std::string>("prediction_type", "epsilon") == "flow_prediction" &&
      !scheduler.get_or("use_flow_sigmas", false))
    scheduler.reject("use_flow_sigmas", "true with prediction_type flow_prediction");
}

Schedule make_schedule(const Config& scheduler, const SamplerOptions& options) {
  reject_other_variants(scheduler);
  return is_flow(scheduler) ? flow_schedule(scheduler, options) : diffusion_schedule(scheduler, options);
}

}  // namespace

Dpmpp2mSolver::Dpmpp2mSolver(const Config& scheduler, const SamplerOptions& options)
    : Solver(read_prediction(scheduler), make_schedule(scheduler, options)),
      multistep_(scheduler.get_int_or("solver_order", 2, 1, 2) == 2),
      first_order_at_end_(schedule().back().to.sigma == 0 || scheduler.get_or("euler_at_final", false) ||
                          (scheduler.get_or("lower_order_final", true) && options.steps < kFewSteps)) {}

void Dpmpp2mSolver::take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise&) const {
  const auto& [timestep, from, to] = schedule()[state.step];
  HostTensor x0 = predict_x0(from, state.x, evaluate_mean(evaluate, state.x, timestep));
  const double h = lambda(to) - lambda(from);
  const double keep = to.sigma / from.sigma;
  const double gain = -to.alpha * std::expm1(-h);
  const bool at_end = state.step + 1 == num_steps();
  const bool has_history = state.step > 0 && !state.x0.values.empty();
  if (!multistep_ || !has_history || (at_end && first_order_at_end_)) {
    state.x = weighted_sum(keep, state.x, gain, x0);
  } else {
    const double h_previous = lambda(from) - lambda(schedule()[state.step - 1].from);
    const double slope = h / (2 * h_previous);
    state.x = weighted_sum(keep, state.x, gain, weighted_sum(1 + slope, x0, -slope, state.x0));
  }
  state.x0 = std::move(x0);
}

}  // namespace diorama
