#include "study/plan_search.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "accelerate/attention_sharing.h"
#include "accelerate/registry.h"
#include "study/combinations.h"
#include "study/plan_variants.h"

namespace diorama {
namespace {

// None where a notebook holds something else.
std::optional<accelerate::Schedule> read_schedule(const nlohmann::json& noted) try {
  auto schedule = accelerate::Schedule::read(
      Config::parse(nlohmann::json{{"schedule", noted}}.dump(), "notebook"), "schedule");
  if (schedule.largest() > accelerate::kAttentionSharing.most) return std::nullopt;
  return schedule;
} catch (const Error&) {
  return std::nullopt;
}

}  // namespace

void PlanSearch::try_ladders() {
  for (const accelerate::Method* method : accelerate::methods()) {
    std::vector<std::vector<size_t>> too_high;
    for (const LadderUse& tried : ladder_of(*method)) {
      if (std::ranges::any_of(too_high, [&](const auto& at) { return tried.at_least_as_high_as(at); }))
        continue;
      const TuneRow* row = trials_.try_plan(plan_of({tried.use}), std::string(method->name));
      if (row != nullptr && trials_.is_under_floor(*row)) too_high.push_back(tried.heights);
    }
  }
}

std::optional<nlohmann::json> PlanSearch::find_schedule(AttentionPlanSearch& search, const std::string& name,
                                                        double delta) {
  constexpr size_t kPictures = 2;
  const auto& all = contest_.requests();
  int tries = 0;
  const auto on_try = [&] {
    if (trials_.out_of_time()) fail(Fault::cancelled, "[tune] the time is up");
    if (++tries % 100 == 0) trials_.say(fmt::format("{}: {} evaluations", name, tries));
  };
  try {
    return search.search(std::span(all).first(std::min(kPictures, all.size())), delta, on_try).to_json();
  } catch (const Error& error) {
    if (error.fault() != Fault::cancelled || !trials_.out_of_time()) throw;
    return std::nullopt;
  }
}

void PlanSearch::try_attention_plans(AttentionPlanSearch& search) {
  for (const double delta : {0.05, 0.15, 0.3}) {
    const std::string name = fmt::format("attention_sharing delta {:g}", delta);
    const auto schedule = trials_.note(
        "schedule of " + name, [](const nlohmann::json& noted) { return read_schedule(noted).has_value(); },
        [&] { return find_schedule(search, name, delta); });
    if (!schedule) return;
    accelerate::MethodUse use(accelerate::kAttentionSharing);
    use.schedule = read_schedule(*schedule).value();
    if (use.schedule.largest() > 0) trials_.try_plan(plan_of({use}, name), "attention_sharing");
  }
}

void PlanSearch::try_fewer_steps() {
  std::set<std::string> too_few;
  for (const double share : {0.75, 0.5, 0.4, 0.33, 0.25})
    for (const auto& [sampler, steps] : contest_.alternatives(share * *contest_.first().steps)) {
      if (too_few.contains(sampler)) continue;
      const TuneRow* row =
          trials_.try_way({.plan = {}, .sampler = sampler, .steps = steps},
                          fmt::format("{} steps of {}", steps, sampler), "fewer steps, " + sampler);
      if (row != nullptr && trials_.is_under_floor(*row)) too_few.insert(sampler);
    }
}

void PlanSearch::try_combinations(const TuneGoal& goal) {
  constexpr int kRounds = 4;
  constexpr size_t kOfARound = 6;
  double optimism = 0;
  for (int round = 0; round < kRounds; ++round) {
    double sum = 0;
    int measured = 0;
    for (const Combination& tried :
         promising_combinations(trials_.rows(), contest_.num_pictures(), goal, optimism, kOfARound))
      if (const TuneRow* row = trials_.try_plan(tried.plan, "combined")) {
        sum += tried.psnr - row->psnr.mean;
        ++measured;
      }
    if (measured == 0) return;
    optimism = sum / measured;
  }
}

void PlanSearch::try_neighbours(const TuneGoal& goal) {
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    const TuneRow* best = trials_.best(goal);
    if (best == nullptr) return;
    for (const accelerate::Plan& neighbour : neighbours(*best->plan))
      trials_.try_plan(neighbour, best->series);
    if (trials_.best(goal) == best) return;
  }
}

}  // namespace diorama
