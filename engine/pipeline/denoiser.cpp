#include "pipeline/denoiser.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "sampling/noise.h"

namespace diorama {
namespace {

std::vector<nn::Accelerator*> joined(std::vector<nn::Accelerator*> outer,
                                     const std::vector<nn::Accelerator*>& inner) {
  outer.insert(outer.end(), inner.begin(), inner.end());
  return outer;
}

}  // namespace

std::vector<Half> halves_of_run(const Guidance& guidance, int num_steps, int first_step) {
  for (int step = first_step; step < num_steps; ++step)
    if (guidance.acts(step, num_steps)) return guidance.halves(step, num_steps);
  return {Half::conditional};
}

std::vector<nn::Evaluation> evaluations_of_run(const Solver& solver, const Guidance& guidance,
                                               int first_step) {
  const auto run = halves_of_run(guidance, solver.num_steps(), first_step);
  std::vector<nn::Evaluation> evaluations;
  for (int step = first_step; step < solver.num_steps(); ++step) {
    nn::Evaluation evaluation;
    for (const Half half : guidance.halves(step, solver.num_steps()))
      evaluation.lanes.push_back(static_cast<int>(std::ranges::find(run, half) - run.begin()));
    evaluations.insert(evaluations.end(), static_cast<size_t>(solver.num_evaluations(step)), evaluation);
  }
  for (size_t i = 0; i < evaluations.size(); ++i) {
    evaluations[i].index = static_cast<int>(i);
    evaluations[i].count = static_cast<int>(evaluations.size());
  }
  return evaluations;
}

accelerate::RunShape run_shape(const Solver& solver, const Guidance& guidance,
                               const models::Transformer::Geometry& geometry, const Shape& latent,
                               int first_step) {
  const int64_t wide = latent[3] / geometry.patch_size;
  accelerate::RunShape shape{.evaluations = evaluations_of_run(solver, guidance, first_step),
                             .num_blocks = geometry.num_blocks,
                             .num_tokens = latent[2] / geometry.patch_size * wide,
                             .tokens_wide = wide};
  for (const Half half : halves_of_run(guidance, solver.num_steps(), first_step))
    shape.conditional.push_back(half == Half::conditional);
  return shape;
}

Denoiser::Denoiser(Parts parts, const models::ConditionInputs& inputs, const Shape& latent)
    : parts_(std::move(parts)),
      inputs_(inputs),
      latent_(latent),
      evaluations_(evaluations_of_run(parts_.solver, parts_.guidance, parts_.first_step)),
      planned_(plan_run(parts_.acceleration.decisions().mode() == accelerate::Decisions::Mode::decide
                            ? accelerate::Decisions(accelerate::Decisions::Mode::foresee)
                            : parts_.acceleration.decisions())),
      stream_(parts_.device, Stream::Mode::run, planned_.arena_bytes),
      walk_(stream_, parts_.weights, joined(parts_.watchers, parts_.acceleration.accelerators())),
      condition_(parts_.transformer.condition(nn::Scope(walk_), inputs_)),
      condition_macs_(stream_.multiply_adds()) {}

// On shapes alone. Without acceleration every evaluation is alike: two of the widest, since the first leaves
// its constants behind.
Denoiser::Planned Denoiser::plan_run(accelerate::Decisions decisions) const {
  Stream stream(parts_.device, Stream::Mode::plan);
  accelerate::Run run(parts_.acceleration.plan(), parts_.acceleration.shape(), std::move(decisions));
  nn::Walk walk(stream, parts_.weights, run.accelerators());
  const auto condition = parts_.transformer.condition(nn::Scope(walk), inputs_);
  const uint64_t of_condition = stream.multiply_adds();
  auto evaluations = evaluations_;
  if (run.accelerators().empty()) {
    const auto widest = std::ranges::max_element(evaluations, {}, [](auto& e) { return e.lanes.size(); });
    evaluations = {*widest, *widest};
  }
  const HostTensor x(latent_);
  for (const nn::Evaluation& evaluation : evaluations) evaluate(walk, condition, evaluation, x, 0);
  return {stream.arena_peak(), stream.multiply_adds() - of_condition, run.caches().byte_size()};
}

uint64_t Denoiser::planned_macs(accelerate::Decisions decisions) const {
  return plan_run(std::move(decisions)).macs;
}

RunForecast Denoiser::forecast() {
  RunForecast forecast{planned_.macs, 0, planned_.cache_bytes};
  for (const nn::Evaluation& evaluation : evaluations_)
    forecast.full_macs += full(evaluation.lanes.size()).macs;
  return forecast;
}

const Denoiser::Full& Denoiser::full(size_t lanes) {
  const auto [entry, is_new] = full_by_lanes_.try_emplace(lanes);
  if (!is_new) return entry->second;
  const auto condition = condition_.lanes(0, static_cast<int64_t>(lanes));
  std::vector<int> ids(lanes);
  std::iota(ids.begin(), ids.end(), 0);
  Full& full = entry->second;
  full.macs = plan_walk(parts_.device, parts_.weights, [&](nn::Walk& walk) {
                evaluate_lanes(walk, condition, HostTensor(latent_), 0, ids);
                full.counts = walk.counts();
              }).multiply_adds;
  return full;
}

HostTensor Denoiser::evaluate_lanes(nn::Walk& walk, const models::Condition& condition, const HostTensor& x,
                                    double timestep, const std::vector<int>& lanes) const {
  require(!lanes.empty(), "[denoise] no lanes to evaluate");
  for (size_t i = 1; i < lanes.size(); ++i)
    require(lanes[i] == lanes[0] + static_cast<int>(i), "[denoise] lanes that are no neighbours");
  walk.set_run_lanes(lanes);
  const HostTensor batch = Guidance::repeat(x, lanes.size());
  const std::vector<float> timesteps(lanes.size(), static_cast<float>(timestep));
  return walk.stream().download(
      parts_.transformer.forward(nn::Scope(walk), walk.stream().upload(batch.shape, batch.values), timesteps,
                                 condition.lanes(lanes[0], static_cast<int64_t>(lanes.size()))));
}

HostTensor Denoiser::evaluate(nn::Walk& walk, const models::Condition& condition,
                              const nn::Evaluation& evaluation, const HostTensor& x, double timestep) const {
  nn::Accelerator::Network network = [&](const std::vector<int>& lanes) {
    return evaluate_lanes(walk, condition, x, timestep, lanes);
  };
  const auto& accelerators = walk.accelerators();
  for (nn::Accelerator* accelerator : accelerators) accelerator->begin(evaluation);
  for (auto it = accelerators.rbegin(); it != accelerators.rend(); ++it)
    if ((*it)->attaches_to(nn::SiteKind::network))
      network = [&, it, next = std::move(network)](const std::vector<int>& lanes) {
        nn::Evaluation inner = evaluation;
        inner.lanes = lanes;
        return (*it)->network(x, inner, next);
      };
  return network(evaluation.lanes);
}

HostTensor Denoiser::guided(int step, const HostTensor& x, double timestep) {
  const nn::Evaluation& evaluation = evaluations_.at(next_evaluation_++);
  const HostTensor output = evaluate(walk_, condition_, evaluation, x, timestep);
  const Full& without = full(evaluation.lanes.size());
  full_macs_ += without.macs;
  full_counts_ += without.counts;
  return parts_.guidance.combine(output, parts_.guidance.halves(step, parts_.solver.num_steps()));
}

StepReport Denoiser::report(const SolverState& state) const {
  const nn::SiteCounts& counts = walk_.counts();
  const int64_t tokens = parts_.acceleration.shape().num_tokens;
  StepReport report{.step = state.step,
                    .steps = parts_.solver.num_steps(),
                    .sites = {full_counts_.reached, counts.computed},
                    .tokens_total = tokens,
                    .kept_tokens = parts_.acceleration.decisions().kept_tokens(
                        static_cast<int>(next_evaluation_) - 1, tokens),
                    .x0 = &state.x0,
                    .state = &state};
  for (size_t i = 0; i < full_counts_.block_macs.size(); ++i) {
    const uint64_t executed = i < counts.block_macs.size() ? counts.block_macs[i] : 0;
    report.blocks.push_back(static_cast<float>(executed) / static_cast<float>(full_counts_.block_macs[i]));
  }
  report.tokens_kept =
      report.kept_tokens.empty() ? tokens : std::ranges::count(report.kept_tokens, uint8_t{1});
  return report;
}

HostTensor Denoiser::run(const HostTensor& noise, uint64_t seed, const RenderObserver& observer) {
  SolverState state{.step = 0, .x = noise, .x0 = {}};
  run(state, parts_.solver.num_steps(), seed, observer);
  return state.x;
}

void Denoiser::run(SolverState& state, int last_step, uint64_t seed, const RenderObserver& observer) {
  using Clock = std::chrono::steady_clock;
  const auto evaluate_now = [&](const HostTensor& x, double timestep) {
    return guided(state.step, x, timestep);
  };
  const auto draw_noise = [&](int step) {
    return normal_noise(latent_, seed, static_cast<uint32_t>(step) + 1);
  };
  while (state.step < last_step) {
    const auto start = Clock::now();
    const uint64_t executed_before = executed_macs();
    const uint64_t full_before = full_macs();
    walk_.reset_counts();
    full_counts_ = {};
    parts_.solver.advance(state, evaluate_now, draw_noise);
    StepReport step = report(state);
    step.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    step.executed_macs = executed_macs() - executed_before;
    step.full_macs = full_macs() - full_before;
    observer.on_step(step);
  }
}

}  // namespace diorama
