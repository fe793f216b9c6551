#include "study/tune.h"

#include <algorithm>
#include <limits>

#include "base/file.h"
#include "base/hash.h"
#include "study/plan_search.h"

namespace diorama {
namespace {

std::filesystem::path notebook_file(const ModelFolder& folder, const Device& device,
                                    const TuneOptions& options, const std::vector<RenderRequest>& requests) {
  const RenderRequest& first = requests.front();
  Hash64 name;
  for (const RenderRequest& request : requests)
    name.add(fmt::format("{} {} {}", request.prompt, request.class_label.value_or(-1), request.seed));
  for (const std::string& part :
       {folder.content_hash(), device.description(), options.precision.name, first.sampler,
        fmt::format("{} x {}, {} steps, {}, {} pictures", *first.width, *first.height, *first.steps,
                    *first.cfg_scale, options.pictures)})
    name.add(part);
  const std::filesystem::path cache = cache_folder();
  if (cache.empty()) return {};
  return cache / "tune" / fmt::format("{:016x}.jsonl", name.value());
}

// A mean PSNR that no goal asks for, though far enough below to show where each method goes.
double floor_of(const std::vector<TuneGoal>& goals) {
  constexpr double kBelow = 4, kLowest = 10;
  double lowest = std::numeric_limits<double>::max();
  for (const TuneGoal& goal : goals) lowest = std::min(lowest, goal.psnr);
  return std::max(lowest - kBelow, kLowest);
}

// Exact runs, the plan, and two samplers at the plan's time.
std::chrono::duration<double> judging_takes(Contest& contest, const TuneOptions& options) {
  constexpr double kExactRuns = 3;
  const double seconds = contest.exact().per_picture(contest.exact().seconds);
  return std::chrono::duration<double>(seconds * kExactRuns * options.scored *
                                       static_cast<double>(options.goals.size()));
}

void search(const ModelFolder& folder, Device& device, const TuneOptions& options, Contest& contest,
            Trials& trials) {
  PlanSearch search(contest, trials);
  search.try_ladders();
  {
    AttentionPlanSearch attention(folder, device, options.precision);
    search.try_attention_plans(attention);
  }
  search.try_fewer_steps();
  for (const TuneGoal& goal : options.goals) search.try_combinations(goal);
  for (const TuneGoal& goal : options.goals) search.try_neighbours(goal);
}

// Of a score whose exact runs were made in turns with it, or soon before.
TuneRow timed_row(const std::string& what, const std::string& series, const Score& score,
                  const Score& exact) {
  return {.what = what,
          .series = series,
          .plan = {},
          .speed = score.speed(exact),
          .macs_ratio = score.macs_ratio(exact),
          .psnr = score.fidelity.psnr(),
          .ssim = score.fidelity.ssim(),
          .pictures = score.pictures};
}

accelerate::Tuning tuning_of(const ModelFolder& folder, const Device& device, const TuneOptions& options,
                             const RenderRequest& request, const TuneRow& row) {
  return {.model_hash = folder.content_hash(),
          .width = *request.width,
          .height = *request.height,
          .steps = *request.steps,
          .sampler = std::string(choose_sampler(folder.config("scheduler"), request.sampler).name),
          .cfg_scale = *request.cfg_scale,
          .precision = options.precision.name,
          .device = device.description(),
          .speed = row.speed,
          .psnr = row.psnr.mean,
          .psnr_tenth = row.psnr.tenth,
          .ssim = row.ssim.mean};
}

// In turns with exact runs, and plainly fewer steps in the same time.
void judge(Contest& contest, accelerate::Plan& plan, TuneReport& report, const TuneObserver& progress) {
  const auto tried = static_cast<int>(report.tried.size());
  progress({"scoring " + plan.name, tried});
  const Score score = contest.in_turns_with(plan);
  report.scored.push_back(timed_row(plan.name, "plans", score, contest.exact()));
  report.scored.back().plan = plan;
  for (const auto& [sampler, steps] : contest.alternatives(report.steps / score.speed(contest.exact()))) {
    const std::string what = fmt::format("{} steps of {}", steps, sampler);
    progress({"scoring " + what, tried});
    const Score fewer = contest.with({.plan = {}, .sampler = sampler, .steps = steps});
    report.scored.push_back(timed_row(what, "fewer steps", fewer, contest.exact()));
  }
}

}  // namespace

TuneReport tune(const ModelFolder& folder, Device& device, const TuneOptions& options,
                const TuneObserver& progress) {
  const auto start = Trials::Clock::now();
  Contest contest(device, folder, options.precision, PromptSet::tuning, options.pictures, options.steps);
  const RenderRequest request = contest.first();
  Notebook notebook(notebook_file(folder, device, options, contest.requests()));
  Trials trials(contest, notebook, floor_of(options.goals), progress);
  const std::chrono::duration<double> searching =
      std::chrono::duration<double>(60 * options.minutes) - judging_takes(contest, options);
  trials.stop_at(start + std::chrono::duration_cast<Trials::Clock::duration>(searching));
  search(folder, device, options, contest, trials);

  TuneReport report{.tried = {trials.rows().begin(), trials.rows().end()},
                    .scored = {},
                    .plans = {},
                    .steps = *request.steps,
                    .out_of_time = trials.was_stopped(),
                    .unkept = notebook.problem()};
  Contest judges(device, folder, options.precision, PromptSet::scoring, options.scored, options.steps);
  for (const TuneGoal& goal : options.goals) {
    const TuneRow* best = trials.best(goal);
    if (best == nullptr) continue;
    accelerate::Plan plan = *best->plan;
    plan.name = goal.name;
    const size_t row = report.scored.size();
    judge(judges, plan, report, progress);
    plan.tuned = tuning_of(folder, device, options, request, report.scored[row]);
    report.plans.push_back(report.scored[row].plan.emplace(std::move(plan)));
  }
  return report;
}

}  // namespace diorama
