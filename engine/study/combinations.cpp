#include "study/combinations.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "study/plan_variants.h"

namespace diorama {
namespace {

using accelerate::MethodUse;
using accelerate::Plan;

bool share_a_method(const Plan& a, const Plan& b) {
  return std::ranges::any_of(a.uses, [&](const MethodUse& use) {
    return std::ranges::find(b.uses, use.method, &MethodUse::method) != b.uses.end();
  });
}

Combination combine(const TuneRow& a, const TuneRow& b) {
  std::vector<MethodUse> uses = a.plan->uses;
  uses.insert(uses.end(), b.plan->uses.begin(), b.plan->uses.end());
  const double error = std::pow(10, -a.psnr.mean / 10) + std::pow(10, -b.psnr.mean / 10);
  // A schedule is no setting: such plans go by the names of their parts.
  const bool scheduled =
      std::ranges::any_of(uses, [](const MethodUse& use) { return !use.schedule.empty(); });
  Plan plan = plan_of(std::move(uses), scheduled ? a.what + " + " + b.what : "");
  return {std::move(plan), -10 * std::log10(error), a.macs_ratio * b.macs_ratio};
}

// The first of each pair of methods, and of each the second, so that no pair fills a round.
std::vector<Combination> varied(std::vector<Combination> sorted, size_t most) {
  constexpr int kOfEach = 2;
  std::map<std::vector<const accelerate::Method*>, int> taken;
  std::erase_if(sorted, [&](const Combination& combination) {
    std::vector<const accelerate::Method*> methods;
    for (const MethodUse& use : combination.plan.uses) methods.push_back(use.method);
    return ++taken[methods] > kOfEach;
  });
  if (sorted.size() > most) sorted.erase(sorted.begin() + static_cast<ptrdiff_t>(most), sorted.end());
  return sorted;
}

}  // namespace

std::vector<Combination> promising_combinations(const std::deque<TuneRow>& rows, int pictures,
                                                const TuneGoal& goal, double optimism, size_t most) {
  std::vector<Combination> found;
  const auto foreseen = [&](const Combination& combination) {
    TuneRow row;
    row.macs_ratio = combination.macs_ratio;
    row.psnr.mean = row.psnr.tenth = combination.psnr - optimism;
    return row;
  };
  for (auto a = rows.begin(); a != rows.end(); ++a)
    for (auto b = rows.begin(); b != a; ++b) {
      if (!a->is_candidate() || !b->is_candidate() || a->pictures < pictures || b->pictures < pictures ||
          share_a_method(*a->plan, *b->plan))
        continue;
      Combination combination = combine(*a, *b);
      const auto same = [&](const auto& other) { return other == combination.plan.name; };
      if (goal.met_by(foreseen(combination)) && std::ranges::none_of(rows, same, &TuneRow::what) &&
          std::ranges::none_of(found, same, [](const Combination& c) { return c.plan.name; }))
        found.push_back(std::move(combination));
    }
  std::ranges::stable_sort(found, [&](const Combination& a, const Combination& b) {
    return goal.prefers(foreseen(a), foreseen(b));
  });
  return varied(std::move(found), most);
}

}  // namespace diorama
