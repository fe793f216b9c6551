#include "accelerate/method.h"

#include <algorithm>
#include <cmath>

namespace diorama::accelerate {

bool RunShape::has_new_lanes(int evaluation) const {
  if (evaluation == 0) return true;
  const auto& before = evaluations.at(static_cast<size_t>(evaluation) - 1).lanes;
  const auto& now = evaluations.at(static_cast<size_t>(evaluation)).lanes;
  return !contains_all(before, now);
}

bool RunShape::guided() const {
  return std::ranges::find(conditional, false) != conditional.end();
}

bool RunShape::within(const Settings& settings, int evaluation) const {
  const double share = (evaluation + 0.5) / num_evaluations();
  return share >= settings.number("start") && share <= settings.number("end");
}

std::pair<int, int> RunShape::range(const Settings& settings) const {
  const double last = num_blocks - 1;
  const int from = static_cast<int>(std::lround(settings.number("first_block") * last));
  const int to = static_cast<int>(std::lround(settings.number("last_block") * last));
  return {from, std::max(from, to)};
}

bool RunShape::in_range(const Settings& settings, int block) const {
  const auto [first, last] = range(settings);
  return block >= first && block <= last;
}

int RunShape::first_within(const Settings& settings) const {
  return static_cast<int>(std::ceil(settings.number("start") * num_evaluations() - 0.5));
}

bool is_self_attention(const nn::Site& site) {
  return site.index >= 0 && site.path.ends_with(".attn1");
}

int in_reach(const MethodUse& use, const RunShape& run, int evaluation, int block) {
  if (!use.schedule.empty()) return use.schedule.at(evaluation, run.num_evaluations(), block);
  return run.within(use.settings, evaluation) && run.in_range(use.settings, block) ? 1 : 0;
}

std::string too_short(const MethodUse& use, const RunShape& run) {
  const double last = (run.num_evaluations() - 0.5) / run.num_evaluations();
  if (!use.schedule.empty() || last >= use.settings.number("start")) return "";
  return "the run is over before its computed beginning is";
}

bool contains_all(const std::vector<int>& lanes, const std::vector<int>& wanted) {
  return std::ranges::all_of(wanted, [&](int lane) { return std::ranges::find(lanes, lane) != lanes.end(); });
}

}  // namespace diorama::accelerate
