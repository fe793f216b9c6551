#include "study/plan_variants.h"

#include <fmt/format.h>

namespace diorama {
namespace {

using accelerate::MethodUse;
using accelerate::Plan;
using accelerate::Setting;
using accelerate::SettingKind;

std::vector<double> beside(const Setting& setting, double value) {
  std::vector<double> others;
  if (setting.kind == SettingKind::whole) others = {value - 1, value + 1};
  if (setting.kind == SettingKind::number && value > 0 && value < setting.high)
    others = {value / 1.25, value * 1.25};
  std::erase_if(others, [&](double other) { return other < setting.low || other > setting.high; });
  return others;
}

}  // namespace

std::string describe(const Plan& plan) {
  std::string text;
  for (const MethodUse& use : plan.uses) {
    text += (text.empty() ? "" : " + ") + std::string(use.method->name);
    const accelerate::Settings usual(use.method->settings);
    for (const Setting& setting : use.method->settings)
      if (const double value = use.settings.number(setting.name); value != usual.number(setting.name))
        text += fmt::format(" {} {:g}", setting.name, value);
  }
  return text;
}

Plan plan_of(std::vector<MethodUse> uses, const std::string& name) {
  Plan plan = Plan::of(std::move(uses));
  plan.name = name.empty() ? describe(plan) : name;
  return plan;
}

bool LadderUse::at_least_as_high_as(const std::vector<size_t>& others) const {
  for (size_t i = 0; i < heights.size(); ++i)
    if (heights[i] < others[i]) return false;
  return true;
}

std::vector<LadderUse> ladder_of(const accelerate::Method& method) {
  if (method.ladder.empty()) return {};
  std::vector<LadderUse> uses{{MethodUse(method), {}}};
  for (const accelerate::Rungs& rungs : method.ladder) {
    std::vector<LadderUse> more;
    for (const LadderUse& below : uses)
      for (size_t height = 0; height < rungs.values().size(); ++height) {
        more.push_back(below);
        more.back().use.settings.set(rungs.setting(), rungs.values()[height]);
        more.back().heights.push_back(height);
      }
    uses = std::move(more);
  }
  return uses;
}

std::vector<Plan> neighbours(const Plan& plan) {
  std::vector<Plan> found;
  for (size_t i = 0; i < plan.uses.size(); ++i) {
    if (!plan.uses[i].schedule.empty()) continue;
    for (const Setting& setting : plan.uses[i].method->settings)
      for (const double value : beside(setting, plan.uses[i].settings.number(setting.name))) {
        Plan changed = plan;
        changed.uses[i].settings.set(setting.name, value);
        found.push_back(plan_of(std::move(changed.uses)));
      }
  }
  return found;
}

}  // namespace diorama
