#include "pipeline/denoiser.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "sampling/noise.h"

namespace diorama {

std::vector<Half> halves_of_run(const Guidance& guidance, int num_steps) {
  for (int step = 0; step < num_steps; ++step)
    if (guidance.acts(step, num_steps)) return guidance.halves(step, num_steps);
  return {Half::conditional};
}

Denoiser::Denoiser(Parts parts, const models::ConditionInputs& inputs, const Shape& latent)
    : parts_(std::move(parts)),
      latent_(latent),
      stream_(parts_.device, Stream::Mode::run, planned_arena(inputs)),
      walk_(stream_, parts_.weights, parts_.accelerators),
      condition_(parts_.transformer.condition(nn::Scope(walk_), inputs)),
      condition_macs_(stream_.multiply_adds()) {}

// Two evaluations, since the first leaves its constants behind.
size_t Denoiser::planned_arena(const models::ConditionInputs& inputs) const {
  const size_t lanes = parts_.halves.size();
  const HostTensor x = Guidance::repeat(HostTensor(latent_), lanes);
  const Plan plan = plan_walk(parts_.device, parts_.weights, [&](nn::Walk& walk) {
    const nn::Scope m(walk);
    const auto condition = parts_.transformer.condition(m, inputs);
    for (int i = 0; i < 2; ++i)
      parts_.transformer.forward(m, walk.stream().upload(x.shape, x.values), std::vector<float>(lanes),
                                 condition);
  });
  return plan.arena_bytes;
}

// What an evaluation of so many lanes costs without shortcuts.
uint64_t Denoiser::macs_of(size_t lanes) {
  const auto [entry, is_new] = macs_by_lanes_.try_emplace(lanes, 0);
  if (!is_new) return entry->second;
  const HostTensor x = Guidance::repeat(HostTensor(latent_), lanes);
  const auto condition = condition_.lanes(0, static_cast<int64_t>(lanes));
  const Plan plan = plan_walk(parts_.device, parts_.weights, [&](nn::Walk& walk) {
    parts_.transformer.forward(nn::Scope(walk), walk.stream().upload(x.shape, x.values),
                               std::vector<float>(lanes), condition);
  });
  return entry->second = plan.multiply_adds;
}

HostTensor Denoiser::evaluate(int step, const HostTensor& x, double timestep) {
  const auto halves = parts_.guidance.halves(step, parts_.solver.num_steps());
  const auto first =
      std::find(parts_.halves.begin(), parts_.halves.end(), halves.front()) - parts_.halves.begin();
  std::vector<int> run_lanes(halves.size());
  std::iota(run_lanes.begin(), run_lanes.end(), static_cast<int>(first));
  walk_.set_run_lanes(std::move(run_lanes));

  const HostTensor lanes = Guidance::repeat(x, halves.size());
  const std::vector<float> timesteps(halves.size(), static_cast<float>(timestep));
  const Tensor output =
      parts_.transformer.forward(nn::Scope(walk_), stream_.upload(lanes.shape, lanes.values), timesteps,
                                 condition_.lanes(first, static_cast<int64_t>(halves.size())));
  full_macs_ += macs_of(halves.size());
  return parts_.guidance.combine(stream_.download(output), halves);
}

StepReport Denoiser::report(const SolverState& state) const {
  const int patch = parts_.transformer.geometry().patch_size;
  const int64_t tokens = (latent_[2] / patch) * (latent_[3] / patch);
  return {.step = state.step,
          .steps = parts_.solver.num_steps(),
          .sites = walk_.counts(),
          .tokens_kept = tokens,
          .tokens_total = tokens,
          .x0 = &state.x0};
}

HostTensor Denoiser::run(const HostTensor& noise, uint64_t seed, const RenderObserver& observer) {
  using Clock = std::chrono::steady_clock;
  SolverState state{.step = 0, .x = noise, .x0 = {}};
  const auto evaluate_now = [&](const HostTensor& x, double timestep) {
    return evaluate(state.step, x, timestep);
  };
  const auto draw_noise = [&](int step) {
    return normal_noise(latent_, seed, static_cast<uint32_t>(step) + 1);
  };
  while (state.step < parts_.solver.num_steps()) {
    const auto start = Clock::now();
    const uint64_t executed_before = executed_macs();
    const uint64_t full_before = full_macs();
    walk_.reset_counts();
    parts_.solver.advance(state, evaluate_now, draw_noise);
    StepReport step = report(state);
    step.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    step.executed_macs = executed_macs() - executed_before;
    step.full_macs = full_macs() - full_before;
    observer.on_step(step);
  }
  return state.x;
}

}  // namespace diorama
