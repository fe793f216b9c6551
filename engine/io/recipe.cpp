#include "io/recipe.h"

#include <algorithm>

#include "base/error.h"
#include "base/json_config.h"
#include "base/utf8.h"
#include "io/foreign_recipe.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kKeyword = kRecipeKeywords[0];
constexpr size_t kMaxText = size_t{32} << 20;  // bytes, for each picture that one comes from
constexpr size_t kMaxValues = 200'000;         // of all lists and objects
constexpr size_t kMostShown = 200;             // bytes of what is only shown

// A1111 quotes as JSON what would break its list of "key: value, ".
std::string quoted(const std::string& value) {
  return value.find_first_of(",:\n\"") == std::string::npos
             ? value
             : Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The pictures that a branch comes from, one after the other.
size_t count_ancestors(const Json& recipe) {
  size_t count = 0;
  const Json* picture = &recipe;
  while (picture->is_object() && picture->contains("branch")) {
    const Json& branch = (*picture)["branch"];
    if (!branch.is_object() || !branch.contains("parent")) break;
    picture = &branch["parent"];
    ++count;
  }
  return count;
}

// What a stranger wrote, made fit for what it is used for.
Recipe checked(Recipe recipe, std::string_view where) {
  for (const auto& [name, prompt] :
       {std::pair("prompt", &recipe.prompt), {"negative prompt", &recipe.negative_prompt}}) {
    if (prompt->size() > kMaxPrompt)
      fail(Fault::file_system, "{}: its {} is {} KiB long; at most {} are read", where, name,
           prompt->size() >> 10, kMaxPrompt >> 10);
    if (prompt->find('\0') != std::string::npos)
      fail(Fault::file_system, "{}: its {} holds a zero character", where, name);
  }
  for (std::string* label : {&recipe.class_name, &recipe.sampler, &recipe.model, &recipe.model_hash,
                             &recipe.precision, &recipe.device, &recipe.acceleration, &recipe.program})
    *label = one_line(*label, kMostShown);
  return recipe;
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
  const std::string where = fmt::format("{}: recipe", name);
  const auto check_size = [&](size_t pictures) {
    if (text.size() > kMaxText / pictures)
      fail(Fault::file_system, "{}: is {} KiB of text for {} pictures; no recipe is so large", where,
           text.size() >> 10, pictures);
  };
  check_size(1);
  const Config json = Config::parse(
      text, where, {.fault = Fault::file_system, .most_values = kMaxValues, .most_bytes = 2 * kMaxText});
  check_size(1 + count_ancestors(json.json()));
  return checked(read_checked(json), name);
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
  const auto sound = [&](const PngText& text) -> const std::string& {
    if (!text.problem.empty()) fail(Fault::file_system, "{}: {}", name, text.problem);
    return text.text;
  };
  const auto own = std::ranges::find(texts, kKeyword, &PngText::keyword);
  if (own != texts.end()) return recipe_from_json(sound(*own), name);
  std::optional<Recipe> recipe;
  for (const PngText& text : texts) {
    if (text.keyword == "parameters") recipe = recipe_from_parameters(sound(text));
    if (text.keyword == "prompt") recipe = recipe_from_comfyui(sound(text), name);
    if (recipe) break;
  }
  // Diorama writes two texts: where the full one is gone, so is what the other does not say.
  const auto damaged = std::ranges::find_if(
      texts, [](const PngText& text) { return text.keyword.empty() && !text.problem.empty(); });
  if (damaged != texts.end() && (!recipe || recipe->program.starts_with("Diorama")))
    fail(Fault::file_system, "{}: {}; it may have been the recipe", name, damaged->problem);
  if (recipe) recipe = checked(std::move(*recipe), name);
  return recipe;
}

std::optional<Recipe> recipe_in_png(std::span<const std::byte> file, std::string_view name) {
  return read_recipe(read_png_texts(file, name, kRecipeKeywords), name);
}

}  // namespace diorama
