#include "io/recipe.h"

#include "base/error.h"
#include "base/json_config.h"
#include "base/utf8.h"
#include "io/foreign_recipe.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kKeyword = "diorama";

// A1111 quotes as JSON what would break its list of "key: value, ".
std::string quoted(const std::string& value) {
  return value.find_first_of(",:\n\"") == std::string::npos
             ? value
             : Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename T>
void read_if_there(const Config& json, std::string_view key, T& value) {
  if (json.has(key)) value = json.get<T>(key);
}

template <typename T>
void read_if_there(const Config& json, std::string_view key, std::optional<T>& value) {
  if (json.has(key)) value = json.get<T>(key);
}

Recipe read_checked(const Config& json) {
  Recipe recipe;
  read_if_there(json, "prompt", recipe.prompt);
  read_if_there(json, "negative_prompt", recipe.negative_prompt);
  read_if_there(json, "class", recipe.class_label);
  read_if_there(json, "class_name", recipe.class_name);
  read_if_there(json, "width", recipe.width);
  read_if_there(json, "height", recipe.height);
  read_if_there(json, "steps", recipe.steps);
  read_if_there(json, "sampler", recipe.sampler);
  read_if_there(json, "shift", recipe.shift);
  read_if_there(json, "eta", recipe.eta);
  read_if_there(json, "cfg_scale", recipe.cfg_scale);
  if (json.has("guidance_interval")) {
    const auto interval = json.get<std::vector<double>>("guidance_interval");
    if (interval.size() != 2) json.reject("guidance_interval", "two numbers");
    recipe.guidance_begin = interval[0];
    recipe.guidance_end = interval[1];
  }
  if (json.has("seed") && !json.json()["seed"].is_number_unsigned()) json.reject("seed", "a whole number");
  recipe.seed = json.json().value("seed", uint64_t{0});
  read_if_there(json, "model", recipe.model);
  read_if_there(json, "model_hash", recipe.model_hash);
  read_if_there(json, "precision", recipe.precision);
  read_if_there(json, "device", recipe.device);
  read_if_there(json, "acceleration", recipe.acceleration);
  recipe.decisions = json.json().value("decisions", Json());
  recipe.branch = json.json().value("branch", Json());
  read_if_there(json, "program", recipe.program);
  return recipe;
}

}  // namespace

Json to_json(const Recipe& recipe) {
  Json json = {{"prompt", recipe.prompt},
               {"negative_prompt", recipe.negative_prompt},
               {"width", recipe.width},
               {"height", recipe.height},
               {"steps", recipe.steps},
               {"sampler", recipe.sampler},
               {"cfg_scale", recipe.cfg_scale},
               {"guidance_interval", {recipe.guidance_begin, recipe.guidance_end}},
               {"seed", recipe.seed},
               {"model", recipe.model},
               {"model_hash", recipe.model_hash},
               {"precision", recipe.precision},
               {"device", recipe.device},
               {"acceleration", recipe.acceleration},
               {"program", recipe.program}};
  if (recipe.class_label) json["class"] = *recipe.class_label;
  if (!recipe.class_name.empty()) json["class_name"] = recipe.class_name;
  if (recipe.shift) json["shift"] = *recipe.shift;
  if (recipe.eta) json["eta"] = *recipe.eta;
  if (!recipe.decisions.is_null()) json["decisions"] = recipe.decisions;
  if (!recipe.branch.is_null()) json["branch"] = recipe.branch;
  return json;
}

Recipe recipe_from_json(std::string_view text, std::string_view name) {
  return read_checked(Config::parse(text, fmt::format("{}: recipe", name), Fault::file_system));  // a picture
}

std::string parameters_text(const Recipe& recipe) {
  std::string text = recipe.prompt.empty() ? recipe.class_name : recipe.prompt;
  if (!recipe.negative_prompt.empty()) text += "\nNegative prompt: " + recipe.negative_prompt;
  text += fmt::format("\nSteps: {}, Sampler: {}, CFG scale: {}, Seed: {}, Size: {}x{}", recipe.steps,
                      quoted(foreign_sampler_name(recipe.sampler)), recipe.cfg_scale, recipe.seed,
                      recipe.width, recipe.height);
  if (!recipe.model_hash.empty()) text += ", Model hash: " + quoted(recipe.model_hash);
  if (!recipe.model.empty()) text += ", Model: " + quoted(recipe.model);
  if (recipe.shift) text += fmt::format(", Shift: {}", *recipe.shift);
  if (recipe.eta) text += fmt::format(", Eta: {}", *recipe.eta);
  if (!recipe.program.empty()) text += ", Version: " + quoted(recipe.program);
  return text;
}

std::vector<PngText> recipe_texts(const Recipe& recipe) {
  return {{.keyword = "parameters", .text = to_valid_utf8(parameters_text(recipe))},
          {.keyword = std::string(kKeyword),
           .text = to_json(recipe).dump(-1, ' ', true, Json::error_handler_t::replace),
           .compressed = true}};
}

std::optional<Recipe> read_recipe(std::span<const PngText> texts, std::string_view name) {
  for (const PngText& text : texts)
    if (text.keyword == kKeyword) return recipe_from_json(text.text, name);
  for (const PngText& text : texts) {
    if (text.keyword == "parameters") return recipe_from_parameters(text.text);
    if (text.keyword == "prompt") return recipe_from_comfyui(text.text, name);
  }
  return std::nullopt;
}

}  // namespace diorama
