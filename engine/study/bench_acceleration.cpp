#include "study/bench_acceleration.h"

#include "io/model_search.h"
#include "pipeline/acceleration.h"
#include "study/contest.h"

namespace diorama {

void bench_acceleration(Device& device, const std::string& model, const BenchOptions& options,
                        const BenchReport& report) {
  const ModelFolder folder = ModelFolder::open(find_model(model));
  const auto plan = choose_acceleration(folder, options.accelerate).plan;
  if (!plan) fail(Fault::usage, "[bench] --accelerate off leaves nothing to compare");
  Contest contest(device, folder, options.precision, PromptSet::scoring, options.pictures, options.steps);
  const auto row = [&](const std::string& what, const Score& score) {
    report({.group = "acceleration",
            .name = fmt::format("{} {}, {}", folder.title(), options.precision.name, what),
            .timing = {.milliseconds = 1e3 * score.denoise_seconds / contest.num_pictures()},
            .note = describe(score, contest.exact())});
  };
  const Score accelerated = contest.in_turns_with(*plan);
  const int steps = *contest.first().steps;
  row(fmt::format("{} steps, exact", steps), contest.exact());
  row(fmt::format("{} steps, {}", steps, plan->name), accelerated);
  for (const auto& [sampler, fewer] : contest.alternatives(steps / accelerated.speed(contest.exact())))
    row(fmt::format("{} steps of {}", fewer, sampler),
        contest.with({.plan = {}, .sampler = sampler, .steps = fewer}));
}

}  // namespace diorama
