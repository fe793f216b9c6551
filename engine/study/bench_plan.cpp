#include "study/bench_plan.h"

#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "pipeline/acceleration.h"
#include "pipeline/denoiser.h"
#include "sampling/registry.h"
#include "study/bench_clock.h"
#include "study/random_model.h"

namespace diorama {
namespace {

using accelerate::Decisions;

constexpr const char* kScheduler = R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 1.0})";
constexpr int kSteps = 8;

struct OpCost {
  double milliseconds = 0;
  uint64_t macs = 0;
};
using OpCosts = std::map<std::string, OpCost, std::less<>>;

// Reads the ops of a run from its stream, which the first block sees.
class OpWatcher final : public nn::Accelerator {
 public:
  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::block; }
  Tensor block(nn::Walk& walk, const nn::Site&, const Tensor& x, const Block& next) override {
    if (!walk.stream().observer()) observe(walk.stream());
    return next(x);
  }
  const OpCosts& costs() const { return costs_; }

 private:
  void observe(Stream& stream) {
    counted_ = stream.multiply_adds();
    stream.observe([this, &stream](std::string_view op, double milliseconds) {
      OpCost& cost = costs_[std::string(op)];
      cost.milliseconds += milliseconds;
      cost.macs += stream.multiply_adds() - counted_;
      counted_ = stream.multiply_adds();
    });
  }

  OpCosts costs_;
  uint64_t counted_ = 0;
};

struct Outcome {
  double seconds = 0;
  uint64_t macs = 0;
  nlohmann::json decisions;
};

// Guided runs of one configuration in one precision.
class Runs {
 public:
  Runs(Device& device, const Config& config, const nn::RoleFormats& formats, int steps)
      : device_(device),
        model_(device, config, formats),
        solver_(make_solver(Config::parse(kScheduler, "bench"), {.sampler = "", .steps = steps})),
        guidance_({.scale = 4, .guided_channels = model_.network->geometry().in_channels}) {}

  Outcome run(const accelerate::Plan& plan, Decisions decisions, nn::Accelerator* watcher = nullptr) const {
    HostTensor noise({1, model_.latent.shape[1], model_.latent.shape[2], model_.latent.shape[3]});
    std::copy_n(model_.latent.values.begin(), noise.values.size(), noise.values.begin());
    const auto shape = run_shape(*solver_, guidance_, model_.network->geometry(), noise.shape);
    accelerate::Run acceleration(plan, shape, std::move(decisions));
    std::vector<nn::Accelerator*> watchers;
    if (watcher != nullptr) watchers.push_back(watcher);
    Denoiser denoiser({device_, *model_.network, model_.weights, *solver_, guidance_, acceleration, watchers},
                      model_.inputs, noise.shape);
    const auto begin = std::chrono::steady_clock::now();
    denoiser.run(noise, 0, {});
    device_.finish();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
            denoiser.executed_macs(), acceleration.decisions().to_json()};
  }

 private:
  Device& device_;
  RandomModel model_;
  std::unique_ptr<Solver> solver_;
  Guidance guidance_;
};

accelerate::Plan plan_by(const std::string& wish) {
  if (wish.ends_with(".json")) return read_plan(wish);
  if (auto plan = untuned_plan(wish)) return *std::move(plan);
  fail(
      Fault::usage,
      "[bench] a configuration with drawn weights has no plan {}; choose balanced, fast, or a file that ends "
      "in .json",
      wish);
}

Decisions replayed(const nlohmann::json& decisions) {
  return Decisions::read(Config::parse(decisions.dump(), "decisions"));
}

using Way = std::function<Outcome()>;

// In turns, so that all see the same machine, after a run of each that is not counted; the times are medians.
std::vector<Outcome> in_turns(const std::vector<Way>& ways, int repeats) {
  std::vector<Outcome> outcomes;
  for (const Way& way : ways) outcomes.push_back(way());
  std::vector<std::vector<double>> seconds(ways.size());
  for (int round = 0; round < repeats; ++round)
    for (size_t i = 0; i < ways.size(); ++i) seconds[i].push_back(ways[i]().seconds);
  for (size_t i = 0; i < ways.size(); ++i) outcomes[i].seconds = median(std::move(seconds[i]));
  return outcomes;
}

double ratio(double a, double b) {
  return b > 0 ? a / b : 0;
}
double macs_ratio(uint64_t exact, uint64_t executed) {
  return ratio(static_cast<double>(exact), static_cast<double>(executed));
}

// The share of the exact time that was saved, of the share of the multiply-adds that was.
double promise_kept(const Outcome& exact, const Outcome& accelerated) {
  return (1 - accelerated.seconds / exact.seconds) /
         (1 - static_cast<double>(accelerated.macs) / static_cast<double>(exact.macs));
}

Timing timing_of(const Outcome& outcome) {
  return {.milliseconds = 1e3 * outcome.seconds,
          .rate = 2e-9 * static_cast<double>(outcome.macs) / outcome.seconds};
}

void report_ops(const Runs& runs, const accelerate::Plan& plan, const nlohmann::json& decisions,
                const BenchReport& report) {
  OpWatcher off, on;
  runs.run({}, Decisions(), &off);
  runs.run(plan, replayed(decisions), &on);
  for (const auto& [op, exact] : off.costs()) {
    const auto found = on.costs().find(op);
    const OpCost accelerated = found == on.costs().end() ? OpCost() : found->second;
    std::string note = fmt::format("accelerated {:.1f} ms: {:.2f}x", accelerated.milliseconds,
                                   ratio(exact.milliseconds, accelerated.milliseconds));
    if (exact.macs > 0)
      note += fmt::format(", multiply-adds {:.2f}x", macs_ratio(exact.macs, accelerated.macs));
    report({.group = "budget", .name = op, .timing = {.milliseconds = exact.milliseconds}, .note = note});
  }
}

void report_pair(const std::string& name, const std::string& plan, const Outcome& exact,
                 const Outcome& accelerated, const BenchReport& report) {
  report({.group = "acceleration", .name = name + ", exact", .timing = timing_of(exact)});
  report({.group = "acceleration",
          .name = name + ", " + plan,
          .timing = timing_of(accelerated),
          .note = fmt::format("{:.2f}x (multiply-adds {:.2f}x), {:.0f} % of the promise",
                              exact.seconds / accelerated.seconds, macs_ratio(exact.macs, accelerated.macs),
                              100 * promise_kept(exact, accelerated))});
}

}  // namespace

void bench_plan(Device& device, const std::string& config_name, const Config& config,
                const BenchOptions& options, const BenchReport& report) {
  const accelerate::Plan plan = plan_by(options.accelerate);
  const int steps = options.steps.value_or(kSteps);
  const auto name = [&](const Precision& precision) {
    return fmt::format("{} {}, {} guided steps", config_name, precision.name, steps);
  };
  nn::RoleFormats formats(*options.precision.transformer);
  formats.modulation = options.modulation;
  const Runs runs(device, config, formats, steps);
  const nlohmann::json decisions = runs.run(plan, Decisions()).decisions;
  std::optional<Runs> others;
  if (options.against) others.emplace(device, config, *options.against->transformer, steps);
  std::vector<Way> ways;
  std::vector<const Runs*> all{&runs};
  if (others) all.push_back(&*others);
  for (const Runs* each : all) {
    ways.emplace_back([each] { return each->run({}, Decisions()); });
    ways.emplace_back([each, &plan, &decisions] { return each->run(plan, replayed(decisions)); });
  }
  const auto outcomes = in_turns(ways, options.repeats);
  report_pair(name(options.precision), plan.name, outcomes[0], outcomes[1], report);
  report_ops(runs, plan, decisions, report);
  if (!others) return;
  report_pair(name(*options.against), plan.name, outcomes[2], outcomes[3], report);
  report({.group = "acceleration",
          .name = fmt::format("{} for one of {}", options.precision.name, options.against->name),
          .timing = {},
          .note = fmt::format("{:.2f}x as fast with the same decisions, {:.2f}x exact",
                              outcomes[3].seconds / outcomes[1].seconds,
                              outcomes[2].seconds / outcomes[0].seconds)});
}

}  // namespace diorama
