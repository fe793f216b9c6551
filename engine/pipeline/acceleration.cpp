#include "pipeline/acceleration.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "io/model_search.h"
#include "pipeline/branch.h"

namespace diorama {
namespace {

using accelerate::Decisions;
using accelerate::Plan;

Plan named(Plan plan, const std::string& name) {
  plan.name = name;
  return plan;
}

std::filesystem::path kept_plans(const ModelFolder& folder) {
  return user_data_folder() / "acceleration" / (folder.content_hash() + ".json");
}

Plan checked(Plan plan, const ModelFolder& folder) {
  if (plan.tuned && plan.tuned->model_hash != folder.content_hash())
    fail(Fault::usage, "[accelerate] the plan {} was tuned for another model than {}", plan.name,
         folder.title());
  return plan;
}

// With all that a branch comes from.
void make_exact(Recipe& recipe) {
  recipe.decisions = {};
  recipe.acceleration = "off";
  if (!recipe.branch.is_object() || !recipe.branch.contains("parent")) return;
  Recipe parent = recipe_from_json(recipe.branch["parent"].dump(), "branch");
  make_exact(parent);
  recipe.branch["parent"] = to_json(parent);
  if (recipe.branch.contains("change") && recipe.branch["change"].is_object())
    recipe.branch["change"].erase("acceleration");  // both are exact now
}

// By name; the user's own before those that came with the model.
std::vector<Config> plans_of(const ModelFolder& folder) {
  std::vector<Config> found;
  if (const auto kept = kept_plans(folder); path_exists(kept)) found.push_back(Config::load(kept));
  if (folder.diorama().has("acceleration")) found.push_back(folder.diorama().get<Config>("acceleration"));
  return found;
}

}  // namespace

// What costs little on every model measured.
std::optional<Plan> untuned_plan(const std::string& name) {
  const auto block_caching = [&](int interval, double start) {
    return named(
        Plan::read(Config::parse(
            fmt::format(
                R"({{"methods": [{{"method": "block_caching", "interval": {}, "start": {}, "hermite": true}}]}})",
                interval, start),
            name)),
        name);
  };
  if (name == "balanced") return block_caching(3, 0.25);
  if (name == "fast") return block_caching(5, 0.2);
  return std::nullopt;
}

Plan read_plan(const std::filesystem::path& file) {
  return Plan::read(Config::load(file, Fault::usage));
}

ChosenPlan choose_acceleration(const ModelFolder& folder, const std::string& wish) {
  if (wish.empty() || wish == "off") return {};
  if (wish.ends_with(".json")) return {checked(read_plan(wish), folder), ""};
  for (const Config& plans : plans_of(folder))
    if (plans.has(wish)) return {checked(named(Plan::read(plans.get<Config>(wish)), wish), folder), ""};
  if (auto plan = untuned_plan(wish))
    return {std::move(plan), fmt::format("{} was not tuned; {} is a cautious default", folder.title(), wish)};
  fail(Fault::usage, "[accelerate] {} has no plan {}; choose {}, off, or a file that ends in .json",
       folder.title(), wish, fmt::join(known_plans(folder), ", "));
}

std::vector<std::string> known_plans(const ModelFolder& folder) {
  std::vector<std::string> names{"balanced", "fast"};
  for (const Config& plans : plans_of(folder))
    for (const std::string& name : plans.keys())
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

std::filesystem::path save_plans(const ModelFolder& folder, const std::vector<Plan>& plans) {
  using Json = nlohmann::ordered_json;
  const auto with_plans = [&](Json all) {
    for (const Plan& plan : plans) all[plan.name] = plan.to_json();
    return all;
  };
  const std::filesystem::path own = folder.path() / "diorama.json";
  if (path_exists(own) && ::access(own.c_str(), W_OK) == 0 && ::access(folder.path().c_str(), W_OK) == 0) {
    Json json = Json::parse(read_text_file(own));
    json["acceleration"] = with_plans(json.value("acceleration", Json::object()));
    write_file_atomically(own, json.dump(2) + "\n");
    return own;
  }
  const std::filesystem::path kept = kept_plans(folder);
  const Json json = path_exists(kept) ? Json::parse(read_text_file(kept)) : Json::object();
  std::error_code ignored;  // writing says what is wrong
  std::filesystem::create_directories(kept.parent_path(), ignored);
  write_file_atomically(kept, with_plans(json).dump(2) + "\n");
  return kept;
}

std::string other_settings(const Plan& plan, const Recipe& recipe) {
  if (!plan.tuned) return "";
  const accelerate::Tuning& t = *plan.tuned;
  // Pictures in 16-bit floats are those in fp32 but for what no eye sees; integers are another model.
  const auto arithmetic = [](const std::string& precision) {
    return precision == "f32" || precision == "f16" || precision == "bf16" ? "floats" : precision;
  };
  if (t.width == recipe.width && t.height == recipe.height && t.steps == recipe.steps &&
      t.sampler == recipe.sampler && t.cfg_scale == recipe.cfg_scale &&
      arithmetic(t.precision) == arithmetic(recipe.precision))
    return "";
  return fmt::format(
      "the plan {} was tuned for {} x {}, {} steps of {}, guidance {}, {}; here it may cost more", plan.name,
      t.width, t.height, t.steps, t.sampler, t.cfg_scale, t.precision);
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
                        .seed = recipe.seed,
                        .branch = read_branch(recipe, where)};
  if (exact && request.branch) make_exact(request.branch->parent);
  if (exact || recipe.decisions.is_null()) return request;
  const Config decisions = Config::parse(recipe.decisions.dump(), where, Fault::file_system);
  request.acceleration = Plan::read(decisions.get<Config>("plan"));
  request.decisions = Decisions::read(decisions.get<Config>("made"));
  return request;
}

}  // namespace diorama
