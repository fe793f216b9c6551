#include "accelerate/plan.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "accelerate/registry.h"
#include "base/utf8.h"

namespace diorama::accelerate {
namespace {

constexpr size_t kMostName = 64;    // bytes
constexpr size_t kMostShown = 200;  // bytes of what is only shown

// A share of the run or of the blocks that ends before it begins.
void check_ranges(const MethodUse& use, const Config& json) {
  for (const auto& [from, to] : {std::pair{"start", "end"}, {"first_block", "last_block"}}) {
    const auto described = [&](std::string_view name) {
      return std::ranges::find(use.method->settings, name, &Setting::name) != use.method->settings.end();
    };
    if (described(from) && described(to) && use.settings.number(from) > use.settings.number(to))
      json.reject(from, fmt::format("no more than {}", to));
  }
}

MethodUse read_use(const Config& json) {
  const auto name = json.get<std::string>("method");
  const Method* method = find_method(name);
  if (method == nullptr) {
    std::string known;
    for (const Method* other : methods()) known += (known.empty() ? "" : ", ") + std::string(other->name);
    json.reject("method", "one of " + known);
  }
  MethodUse use(*method);
  use.settings = Settings::read(method->settings, json);
  check_ranges(use, json);
  use.schedule = Schedule::read(json, "schedule");
  if (use.schedule.largest() > method->most)
    json.reject("schedule", fmt::format("digits from 0 to {}", method->most));
  for (const std::string& key : json.keys()) {
    const bool described = std::ranges::any_of(method->settings, [&](auto& s) { return s.name == key; });
    if (!described && key != "method" && key != "schedule")
      json.reject(one_line(key), "no such setting of " + name);
  }
  return use;
}

Tuning read_tuning(const Config& json) {
  const auto label = [&](std::string_view key) { return one_line(json.get<std::string>(key), kMostShown); };
  return {.model_hash = label("model_hash"),
          .width = json.get<int>("width"),
          .height = json.get<int>("height"),
          .steps = json.get<int>("steps"),
          .sampler = label("sampler"),
          .cfg_scale = json.get<double>("cfg_scale"),
          .precision = label("precision"),
          .device = label("device"),
          .speed = json.get_or("speed", 0.0),
          .psnr = json.get_or("psnr", 0.0),
          .psnr_tenth = json.get_or("psnr_tenth", 0.0),
          .ssim = json.get_or("ssim", 0.0)};
}

nlohmann::ordered_json to_json(const Tuning& tuned) {
  return {{"model_hash", tuned.model_hash}, {"width", tuned.width},
          {"height", tuned.height},         {"steps", tuned.steps},
          {"sampler", tuned.sampler},       {"cfg_scale", tuned.cfg_scale},
          {"precision", tuned.precision},   {"device", tuned.device},
          {"speed", tuned.speed},           {"psnr", tuned.psnr},
          {"psnr_tenth", tuned.psnr_tenth}, {"ssim", tuned.ssim}};
}

}  // namespace

Plan Plan::of(std::vector<MethodUse> uses) {
  const auto rank = [](const MethodUse& use) {
    return std::ranges::find(methods(), use.method) - methods().begin();
  };
  std::ranges::sort(uses, {}, rank);
  return {.name = "custom", .uses = std::move(uses), .tuned = {}};
}

Plan Plan::read(const Config& json) {
  if (json.has("methods") && json.json()["methods"].size() > methods().size())
    json.reject("methods", "each method once");
  std::vector<MethodUse> uses;
  for (const Config& use : json.get<std::vector<Config>>("methods")) uses.push_back(read_use(use));
  if (uses.empty()) json.reject("methods", "at least one");
  Plan plan = Plan::of(std::move(uses));
  plan.name = json.get_or<std::string>("name", plan.name);
  if (plan.name.size() > kMostName || one_line(plan.name, kMostName) != plan.name)
    json.reject("name", "at most 64 characters that can be printed");
  if (std::ranges::adjacent_find(plan.uses, {}, &MethodUse::method) != plan.uses.end())
    json.reject("methods", "each method once");
  if (json.has("tuned")) plan.tuned = read_tuning(json.get<Config>("tuned"));
  return plan;
}

nlohmann::ordered_json Plan::to_json() const {
  nlohmann::ordered_json json{{"name", name}, {"methods", nlohmann::ordered_json::array()}};
  for (const MethodUse& use : uses) {
    nlohmann::ordered_json entry{{"method", use.method->name}};
    entry.update(use.settings.to_json());
    if (!use.schedule.empty()) entry["schedule"] = use.schedule.to_json();
    json["methods"].push_back(std::move(entry));
  }
  if (tuned) json["tuned"] = accelerate::to_json(*tuned);
  return json;
}

}  // namespace diorama::accelerate
