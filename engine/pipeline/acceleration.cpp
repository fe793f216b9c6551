#include "pipeline/acceleration.h"

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace diorama {
namespace {

using accelerate::Decisions;
using accelerate::Plan;

// What costs little on every model measured.
const char* untuned_plan(const std::string& name) {
  if (name == "balanced")
    return R"({"methods": [{"method": "block_caching", "interval": 3, "start": 0.25, "hermite": true}]})";
  if (name == "fast")
    return R"({"methods": [{"method": "block_caching", "interval": 5, "start": 0.2, "hermite": true}]})";
  return nullptr;
}

Plan named(Plan plan, const std::string& name) {
  plan.name = name;
  return plan;
}

}  // namespace

ChosenPlan choose_acceleration(const ModelFolder& folder, const std::string& wish) {
  if (wish.empty() || wish == "off") return {};
  if (wish.ends_with(".json")) return {Plan::read(Config::load(wish)), ""};
  const Config& description = folder.diorama();
  std::vector<std::string> known{"off", "balanced", "fast"};
  if (description.has("acceleration")) {
    const auto plans = description.get<Config>("acceleration");
    if (plans.has(wish)) return {named(Plan::read(plans.get<Config>(wish)), wish), ""};
    for (const std::string& name : plans.keys())
      if (name != "balanced" && name != "fast") known.push_back(name);
  }
  if (const char* plan = untuned_plan(wish))
    return {named(Plan::read(Config::parse(plan, wish)), wish),
            fmt::format("{} was not tuned; {} is a cautious default", folder.title(), wish)};
  fail(Fault::usage, "[accelerate] {} has no plan {}; choose {}, or a file that ends in .json",
       folder.title(), wish, fmt::join(known, ", "));
}

RenderRequest request_of(const Recipe& recipe, bool exact, const std::string& where) {
  if (!recipe.program.starts_with("Diorama"))
    fail(Fault::usage, "{}: was not made by Diorama; it holds no exact recipe", where);
  RenderRequest request{.prompt = recipe.prompt,
                        .negative_prompt = recipe.negative_prompt,
                        .class_label = recipe.class_label,
                        .width = recipe.width,
                        .height = recipe.height,
                        .steps = recipe.steps,
                        .cfg_scale = recipe.cfg_scale,
                        .guidance_begin = recipe.guidance_begin,
                        .guidance_end = recipe.guidance_end,
                        .sampler = recipe.sampler,
                        .shift = recipe.shift,
                        .eta = recipe.eta,
                        .seed = recipe.seed};
  if (exact || recipe.decisions.is_null()) return request;
  const Config decisions = Config::parse(recipe.decisions.dump(), where);
  request.acceleration = Plan::read(decisions.get<Config>("plan"));
  request.decisions = Decisions::read(decisions.get<Config>("made"));
  return request;
}

}  // namespace diorama
