#include "io/recipe.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "base/json_config.h"
#include "base/utf8.h"
#include "io/foreign_recipe.h"
#include "io/sampler_names.h"

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

std::string in_words(const auto& number) {
  return number ? fmt::format("{}", *number) : std::string();
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
  for (std::string& words : recipe.left_out) words = one_line(words, kMostShown);
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
  if (json.has("seed")) recipe.seed = json.json()["seed"].get<uint64_t>();
  read_if_there(json, "model", recipe.model);
  read_if_there(json, "model_hash", recipe.model_hash);
  read_if_there(json, "precision", recipe.precision);
  read_if_there(json, "device", recipe.device);
  read_if_there(json, "acceleration", recipe.acceleration);
  recipe.decisions = json.json().value("decisions", Json());
  recipe.branch = json.json().value("branch", Json());
  read_if_there(json, "program", recipe.program);
  read_if_there(json, "left_out", recipe.left_out);
  return recipe;
}

}  // namespace

// What is not known has no key.
Json to_json(const Recipe& recipe) {
  Json json = {{"prompt", recipe.prompt},
               {"negative_prompt", recipe.negative_prompt},
               {"guidance_interval", {recipe.guidance_begin, recipe.guidance_end}}};
  const auto put_number = [&](const char* key, int number) {
    if (number != 0) json[key] = number;
  };
  const auto put_words = [&](const char* key, const std::string& words) {
    if (!words.empty()) json[key] = words;
  };
  put_number("width", recipe.width);
  put_number("height", recipe.height);
  put_number("steps", recipe.steps);
  put_words("sampler", recipe.sampler);
  put_words("model", recipe.model);
  put_words("model_hash", recipe.model_hash);
  put_words("precision", recipe.precision);
  put_words("device", recipe.device);
  put_words("acceleration", recipe.acceleration);
  put_words("program", recipe.program);
  put_words("class_name", recipe.class_name);
  if (recipe.class_label) json["class"] = *recipe.class_label;
  if (recipe.cfg_scale) json["cfg_scale"] = *recipe.cfg_scale;
  if (recipe.seed) json["seed"] = *recipe.seed;
  if (recipe.shift) json["shift"] = *recipe.shift;
  if (recipe.eta) json["eta"] = *recipe.eta;
  if (!recipe.decisions.is_null()) json["decisions"] = recipe.decisions;
  if (!recipe.branch.is_null()) json["branch"] = recipe.branch;
  if (!recipe.left_out.empty()) json["left_out"] = recipe.left_out;
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
  std::vector<std::string> lines, settings;
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) settings.push_back(fmt::format("{}: {}", key, value));
  };
  lines.push_back(recipe.prompt.empty() ? recipe.class_name : recipe.prompt);
  if (!recipe.negative_prompt.empty()) lines.push_back("Negative prompt: " + recipe.negative_prompt);
  set("Steps", recipe.steps == 0 ? "" : std::to_string(recipe.steps));
  set("Sampler", quoted(foreign_sampler_name(recipe.sampler)));
  set("CFG scale", in_words(recipe.cfg_scale));
  set("Seed", in_words(recipe.seed));
  set("Size", recipe.width == 0 ? "" : fmt::format("{}x{}", recipe.width, recipe.height));
  set("Model hash", quoted(recipe.model_hash));
  set("Model", quoted(recipe.model));
  set("Shift", in_words(recipe.shift));
  set("Eta", in_words(recipe.eta));
  set("Version", quoted(recipe.program));
  if (!settings.empty()) lines.push_back(fmt::format("{}", fmt::join(settings, ", ")));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

std::vector<PngText> recipe_texts(const Recipe& recipe) {
  return {{.keyword = "parameters", .text = to_valid_utf8(parameters_text(recipe))},
          {.keyword = std::string(kKeyword),
           .text = to_json(recipe).dump(-1, ' ', true, Json::error_handler_t::replace),
           .compressed = true}};
}

std::optional<Recipe> read_recipe(std::span<const PngText> texts, std::string_view name) {
  const auto own = std::ranges::find(texts, kKeyword, &PngText::keyword);
  if (own != texts.end()) {
    if (!own->problem.empty()) fail(Fault::file_system, "{}: {}", name, own->problem);
    return recipe_from_json(own->text, name);
  }
  std::optional<Recipe> recipe = read_foreign_recipe(texts, name);
  // Diorama writes two texts: where the full one is gone, so is what the other does not say.
  const auto damaged = std::ranges::find_if(
      texts, [](const PngText& text) { return text.keyword.empty() && !text.problem.empty(); });
  if (damaged != texts.end() && (!recipe || recipe->program.starts_with("Diorama")))
    fail(Fault::file_system, "{}: {}; it may have been the recipe", name, damaged->problem);
  if (recipe) recipe = checked(std::move(*recipe), name);
  return recipe;
}

}  // namespace diorama
