#include "sampling/solver_ddpm.h"

#include <algorithm>
#include <cmath>

#include "sampling/latent_math.h"
#include "sampling/scheduler_config.h"

namespace diorama {
namespace {

constexpr double kMinVariance = 1e-20;  // its logarithm is taken

Schedule ddpm_schedule(const Config& scheduler, const SamplerOptions& options) {
  const std::vector<double> alphas = read_alphas_cumprod(scheduler);
  Schedule schedule;
  for (const int t : read_timesteps(scheduler, read_spacing(scheduler, Spacing::leading), options.steps))
    append_step(schedule, t, diffusion_level(alphas[t]));
  return schedule;
}

std::optional<bool> read_learns_variance(const Config& scheduler) {
  if (!scheduler.has("variance_type")) return std::nullopt;
  return scheduler.get_word_or_first("variance_type", {"fixed_small", "learned_range"}) == "learned_range";
}

// x += exp(log_variance / 2) * noise; v in [-1, 1] leads from the posterior's log variance to that of beta.
void add_learned_noise(HostTensor& x, const HostTensor& v, double posterior, double beta,
                       const HostTensor& noise) {
  for (size_t i = 0; i < x.values.size(); ++i) {
    const double share = (v.values[i] + 1.0) / 2;
    const double log_variance = share * std::log(beta) + (1 - share) * std::log(posterior);
    x.values[i] = static_cast<float>(x.values[i] + std::exp(log_variance / 2) * noise.values[i]);
  }
}

}  // namespace

DdpmSolver::DdpmSolver(const Config& scheduler, const SamplerOptions& options)
    : Solver(read_prediction(scheduler), ddpm_schedule(scheduler, options)),
      clip_(read_clip(scheduler)),
      learns_variance_(read_learns_variance(scheduler)) {}

void DdpmSolver::take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const {
  const auto& [timestep, from, to] = schedule()[state.step];
  const int64_t channels = state.x.shape[1];
  const HostTensor output = evaluate(state.x, timestep);
  const bool has_variance = output.shape[1] == 2 * channels;
  if (learns_variance_.value_or(false) && !has_variance)
    fail(Fault::model_file, "[ddpm] variance_type is learned_range but the network predicts no variance");
  state.x0 = predict_x0(from, state.x, channel_range(output, 0, channels));
  if (clip_) clamp(state.x0, *clip_);

  const double alpha = std::pow(from.alpha / to.alpha, 2);
  const double beta = 1 - alpha;
  const double noise_left = std::pow(to.sigma / from.sigma, 2);
  const double posterior = std::max(noise_left * beta, kMinVariance);
  state.x = weighted_sum(to.alpha * beta / (from.sigma * from.sigma), state.x0, std::sqrt(alpha) * noise_left,
                         state.x);
  if (timestep == 0) return;
  const HostTensor noise = draw_noise(state.step);
  if (learns_variance_.value_or(has_variance))
    add_learned_noise(state.x, channel_range(output, channels, channels), posterior, beta, noise);
  else
    state.x = weighted_sum(1, state.x, std::sqrt(posterior), noise);
}

}  // namespace diorama
