#include "pipeline/acceleration.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/folder_lock.h"
#include "base/suggestion.h"
#include "base/temporary_file.h"
#include "base/text_encoding.h"
#include "base/utf8.h"
#include "io/model_search.h"
#include "pipeline/branch.h"

namespace diorama {
namespace {

using accelerate::Decisions;
using accelerate::Plan;
using OrderedJson = nlohmann::ordered_json;

Plan named(Plan plan, const std::string& name) {
  plan.name = name;
  return plan;
}

std::filesystem::path kept_plans(const std::string& hash) {
  return user_data_folder() / "acceleration" / (hash + ".json");
}

Plan checked(Plan plan, const ModelFolder& folder) {
  if (plan.tuned && folder.match(plan.tuned->model_hash) == HashMatch::none)
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
  if (!user_data_folder().empty())
    for (const std::string& hash : {folder.content_hash(), folder.sampled_hash()})
      if (const auto kept = kept_plans(hash); path_exists(kept))
        found.push_back(Config::load(kept, Fault::file_system));
  if (folder.diorama().has("acceleration")) found.push_back(folder.diorama().get<Config>("acceleration"));
  return found;
}

// Where plans of a model are kept when new ones are found.
struct PlanFile {
  std::filesystem::path path;
  bool is_description = false;  // the model's own diorama.json, which holds more than plans
};

PlanFile plan_file(const ModelFolder& folder) {
  std::error_code missing;
  const auto own = std::filesystem::canonical(folder.path() / "diorama.json", missing);
  if (!missing && ::access(own.c_str(), W_OK) == 0 && ::access(own.parent_path().c_str(), W_OK) == 0)
    return {own, true};
  if (user_data_folder().empty())
    fail(Fault::file_system,
         "{}: cannot be written, and there is no home folder to keep plans in; set HOME, or try without "
         "keeping them",
         (folder.path() / "diorama.json").string());
  return {kept_plans(folder.content_hash()), false};
}

// Keys stay in their order, and a look at one of so many takes no time.
void check_width(const nlohmann::json& json, const PlanFile& file) {
  constexpr size_t kMostKeys = 1000;
  if (json.is_object() && json.size() > kMostKeys)
    fail(Fault::model_file, "{}: holds an object of {} keys, {} are allowed where plans are kept",
         file.path.string(), json.size(), kMostKeys);
  if (json.is_structured())
    for (const auto& item : json) check_width(item, file);
}

void check_each(const Config& plans) {
  for (const std::string& name : plans.keys()) {
    if (!plans.has(name)) continue;
    const auto plan = plans.get<Config>(name);
    if (!plan.has("tuned")) continue;
    const auto tuned = plan.get<Config>("tuned");
    for (const char* key : {"width", "height", "steps"}) static_cast<void>(tuned.get_or(key, 0));
    static_cast<void>(tuned.get_or("cfg_scale", 0.0));
    for (const char* key : {"model_hash", "sampler", "precision"})
      static_cast<void>(tuned.get_or<std::string>(key, ""));
  }
}

// An empty object where there is no file yet.
OrderedJson read_plan_file(const PlanFile& file) {
  if (!path_exists(file.path)) return OrderedJson::object();
  const Fault fault = file.is_description ? Fault::model_file : Fault::file_system;  // the user's own
  const std::string text =
      decode_text(read_text_file(file.path, Config::kMaxFileSize), file.path.string(), fault);
  const Config checked = Config::parse(text, file.path.string(), fault);
  check_width(checked.json(), file);
  if (file.is_description)
    check_plans(checked);
  else
    check_each(checked);
  auto json = OrderedJson::parse(text, nullptr, false);
  if (json.is_discarded())
    fail(Fault::model_file, "{}: holds a number that JSON has no word for, as an infinity; take it out",
         file.path.string());
  return json;
}

void make_folder_of(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) fail(Fault::file_system, "{}: cannot be made: {}", file.parent_path().string(), error.message());
}

std::string in_text(const OrderedJson& json) {
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

// Pictures in 16-bit floats are those in fp32 but for what no eye sees; integers are another model.
std::string arithmetic(const std::string& precision) {
  return precision == "f32" || precision == "f16" || precision == "bf16" ? "floats" : precision;
}

// What a plan was tuned for, to be compared.
OrderedJson settings_of(const OrderedJson& plan) {
  OrderedJson settings;
  const auto tuned = plan.find("tuned");
  if (tuned == plan.end() || !tuned->is_object()) return settings;
  for (const char* key : {"model_hash", "width", "height", "steps", "sampler", "cfg_scale", "precision"}) {
    const auto value = tuned->find(key);
    settings[key] = value == tuned->end() ? OrderedJson() : *value;
  }
  if (settings["precision"].is_string()) settings["precision"] = arithmetic(settings["precision"]);
  return settings;
}

// What an older plan is told by from a new one of its name: "20-steps"; empty: nothing, it was tuned for the
// same, or for weights that are no longer there.
std::string distinction(const OrderedJson& older, const OrderedJson& plan) {
  const OrderedJson then = settings_of(older), now = settings_of(plan);
  if (then.is_null() || now.is_null()) return "earlier";
  if (then == now || then["model_hash"] != now["model_hash"]) return "";
  const auto word = [&](const char* key) {
    return then[key].is_string() ? then[key].get<std::string>() : then[key].dump();
  };
  if (then["steps"] != now["steps"]) return word("steps") + "-steps";
  if (then["width"] != now["width"] || then["height"] != now["height"])
    return word("width") + "x" + word("height");
  if (then["cfg_scale"] != now["cfg_scale"]) return "guidance-" + word("cfg_scale");
  return word(then["sampler"] != now["sampler"] ? "sampler" : "precision");
}

// Where an older plan goes on, not longer than names may be; one that was tuned for the same gives way.
std::string other_name(const OrderedJson& all, const std::string& name, const OrderedJson& older,
                       const std::string& distinction) {
  constexpr size_t kLongest = 64, kOfDistinction = 24;
  for (int i = 1;; ++i) {
    const std::string end = fmt::format("-{}{}", one_line(distinction, kOfDistinction),
                                        i > 1 ? fmt::format("-{}", i) : std::string());
    std::string other = one_line(name, kLongest - end.size()) + end;
    const auto there = all.find(other);
    if (there == all.end() || settings_of(*there) == settings_of(older)) return other;
  }
}

void add_plan(OrderedJson& all, const Plan& plan, std::vector<std::string>& notes) {
  const OrderedJson added = plan.to_json();
  if (all.contains(plan.name) && all[plan.name].is_object()) {
    OrderedJson older = all[plan.name];
    if (const std::string what = distinction(older, added); !what.empty()) {
      const std::string name = other_name(all, plan.name, older, what);
      older["name"] = name;
      all[name] = std::move(older);
      notes.push_back(fmt::format("the plan {} that was there is kept as {}", plan.name, name));
    }
  }
  all[plan.name] = added;
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
  const std::vector<std::string> known = known_plans(folder);
  fail(Fault::usage, "[accelerate] {} has no plan {}; choose {}, off, or a file that ends in .json{}",
       folder.title(), wish, fmt::join(known, ", "), did_you_mean(wish, known));
}

std::vector<std::string> known_plans(const ModelFolder& folder) {
  std::vector<std::string> names{"balanced", "fast"};
  for (const Config& plans : plans_of(folder))
    for (const std::string& name : plans.keys())
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

void check_plans(const Config& description) {
  if (!description.has("acceleration")) return;
  check_each(description.get<Config>("acceleration"));
}

SavedPlans save_plans(const ModelFolder& folder, const std::vector<Plan>& plans) {
  const PlanFile file = plan_file(folder);
  make_folder_of(file.path);
  const FolderLock lock(file.path.parent_path());
  OrderedJson json = read_plan_file(file);
  OrderedJson& all = file.is_description ? json["acceleration"] : json;
  if (all.is_null()) all = OrderedJson::object();
  SavedPlans saved{file.path, {}};
  for (const Plan& plan : plans) add_plan(all, plan, saved.notes);
  write_file_atomically(file.path, in_text(json));
  return saved;
}

void try_to_save_plans(const ModelFolder& folder) {
  constexpr size_t kOfPlans = size_t{64} << 10;  // bytes, more than new plans take
  const PlanFile file = plan_file(folder);
  const std::string text = in_text(read_plan_file(file)) + std::string(kOfPlans, ' ');
  make_folder_of(file.path);
  TemporaryFile trial(file.path.parent_path());
  int problem = trial.error();
  if (problem == 0) problem = trial.write(std::as_bytes(std::span(text)));
  if (problem != 0)
    fail(Fault::file_system, "{}: plans could not be kept there: {}; make room, or try without keeping them",
         file.path.string(), std::strerror(problem));
}

std::string other_settings(const Plan& plan, const Recipe& recipe) {
  if (!plan.tuned) return "";
  const accelerate::Tuning& t = *plan.tuned;
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
                        .seed = recipe.seed.value_or(0),
                        .branch = read_branch(recipe, where)};
  if (exact && request.branch) make_exact(request.branch->parent);
  if (exact || recipe.decisions.is_null()) return request;
  const Config decisions = Config::parse(recipe.decisions.dump(), where, Fault::file_system);
  request.acceleration = Plan::read(decisions.get<Config>("plan"));
  request.decisions = Decisions::read(decisions.get<Config>("made"));
  return request;
}

}  // namespace diorama
