#include "io/settings_json.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "io/foreign_settings.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

// Keys in lower case without spaces and underscores: programs differ in those, and in little else.
constexpr std::array<std::string_view, 2> kPrompt{"prompt", "positiveprompt"};
constexpr std::array<std::string_view, 2> kNegativePrompt{"negativeprompt", "negative"};
constexpr std::array<std::string_view, 1> kSeed{"seed"};
constexpr std::array<std::string_view, 1> kSteps{"steps"};
constexpr std::array<std::string_view, 3> kCfgScale{"cfgscale", "guidancescale", "cfg"};
constexpr std::array<std::string_view, 1> kWidth{"width"};
constexpr std::array<std::string_view, 1> kHeight{"height"};
constexpr std::array<std::string_view, 1> kResolution{"resolution"};
constexpr std::array<std::string_view, 2> kSampler{"sampler", "samplername"};
constexpr std::array<std::string_view, 1> kScheduler{"scheduler"};
constexpr std::array<std::string_view, 4> kModel{"model", "basemodel", "basemodelname", "modelweights"};
constexpr std::array<std::string_view, 2> kModelHash{"basemodelhash", "modelhash"};
constexpr std::array<std::string_view, 1> kShift{"sigmashift"};
constexpr std::array<std::string_view, 3> kVersion{"swarmversion", "appversion", "version"};

// Those that say nothing of the picture, or say it again.
constexpr std::array<std::string_view, 19> kSilent{
    "appid",      "aspectratio",     "batchsize",      "createdby",  "date",          "fullnegativeprompt",
    "fullprompt", "generationmode",  "generationtime", "images",     "loracombined1", "metadatascheme",
    "modelid",    "promptexpansion", "preptime",       "randdevice", "software",      "threshold",
    "type"};

std::string folded(std::string_view key) {
  std::string result;
  for (const char c : key)
    if (c != ' ' && c != '_') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// A value as text: a number in decimal, and of an object its name. Empty where it is nothing of the kind.
std::string as_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  if (value.is_number()) return value.dump();
  if (!value.is_object()) return {};
  for (const char* key : {"name", "model_name"})
    if (const auto it = value.find(key); it != value.end() && it->is_string()) return it->get<std::string>();
  return {};
}

bool says_nothing(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.empty() || text == "None" || text == "[]";
  }
  return value.is_null() || value == false || value == 0 || (value.is_structured() && value.empty());
}

// The keys and values of an object. What has been asked for by the end was taken.
class Settings {
 public:
  explicit Settings(const Json& object) {
    if (!object.is_object()) return;
    for (const auto& [key, value] : object.items()) values_.emplace(folded(key), Entry{key, &value});
  }

  const Json* find(const auto& keys) {
    for (const std::string_view key : keys) {
      const auto it = values_.find(key);
      if (it == values_.end()) continue;
      it->second.taken = true;
      return it->second.value;
    }
    return nullptr;
  }
  std::string text(const auto& keys) {
    const Json* const value = find(keys);
    return value == nullptr ? std::string() : as_text(*value);
  }
  void leave_out_rest(Recipe& recipe) const {
    for (const auto& [key, entry] : values_)
      if (!entry.taken && !says_nothing(*entry.value) && std::ranges::find(kSilent, key) == kSilent.end())
        leave_out(recipe, entry.key);
  }

 private:
  struct Entry {
    std::string key;
    const Json* value;
    bool taken = false;
  };
  std::map<std::string, Entry, std::less<>> values_;
};

// A text, or of InvokeAI's first versions a list of parts: {"prompt": .., "weight": ..}.
std::string prompt_of(const Json* value) {
  if (value == nullptr) return {};
  if (!value->is_array()) return value->is_string() ? value->get<std::string>() : std::string();
  std::string prompt;
  for (const Json& part : *value) {
    const auto it = part.is_object() ? part.find("prompt") : part.end();
    if (it == part.end() || !it->is_string()) continue;
    if (!prompt.empty()) prompt += ", ";
    prompt += it->get_ref<const std::string&>();
  }
  return prompt;
}

void take_picture(Settings& settings, Recipe& recipe) {
  recipe.prompt = prompt_of(settings.find(kPrompt));
  recipe.negative_prompt = prompt_of(settings.find(kNegativePrompt));
  leave_out_prompt_syntax(recipe);
  take_seed(recipe, settings.text(kSeed));
  take_steps(recipe, settings.text(kSteps));
  take_cfg_scale(recipe, settings.text(kCfgScale));
  take_shift(recipe, settings.text(kShift));
  const std::string width = settings.text(kWidth), height = settings.text(kHeight);
  const std::string resolution = settings.text(kResolution);
  if (width.empty() || height.empty())
    take_size(recipe, resolution);
  else
    take_size(recipe, width, height);
}

void take_model(Settings& settings, Recipe& recipe) {
  const Json* const model = settings.find(kModel);
  if (model != nullptr) recipe.model = as_text(*model);
  recipe.model_hash = settings.text(kModelHash);
  if (model != nullptr && model->is_object() && model->contains("hash"))
    recipe.model_hash = as_text((*model)["hash"]);
}

Recipe read(const Json& object, std::string_view program, bool scheduler_is_sampler) {
  Recipe recipe;
  recipe.acceleration.clear();
  Settings settings(object);
  take_picture(settings, recipe);
  take_model(settings, recipe);
  const std::string sampler = settings.text(kSampler), scheduler = settings.text(kScheduler);
  if (scheduler_is_sampler && sampler.empty())
    take_sampler(recipe, scheduler, {});
  else
    take_sampler(recipe, sampler, scheduler);
  const std::string version = settings.text(kVersion);
  recipe.program = program;
  if (version.starts_with(program))
    recipe.program = version;
  else if (!version.empty())
    recipe.program += ' ' + version;
  settings.leave_out_rest(recipe);
  return recipe;
}

// InvokeAI 1 and 2: what is of the model stands outside, what is of the picture in an object.
Recipe read_old_invoke(const Json& outer) {
  Json all = outer;
  all.erase("image");
  for (const auto& [key, value] : outer["image"].items()) all[key] = value;
  all.erase("model");  // the kind of it; its name is among the weights
  return read(all, "InvokeAI", true);
}

bool has_text(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string();
}

// Fooocus, or one that was made from it.
std::string program_of(const Json& settings) {
  if (has_text(settings, "software")) return settings["software"].get<std::string>();
  for (const char* key : {"metadata_scheme", "base_model", "Base Model", "resolution", "Resolution"})
    if (has_text(settings, key)) return "Fooocus";
  return {};
}

}  // namespace

std::optional<Recipe> recipe_from_settings(const Json& settings) {
  if (!settings.is_object()) return std::nullopt;
  if (const auto swarm = settings.find("sui_image_params"); swarm != settings.end() && swarm->is_object())
    return read(*swarm, "SwarmUI", false);
  if (const auto image = settings.find("image");
      image != settings.end() && image->is_object() && image->contains("prompt"))
    return read_old_invoke(settings);
  if (has_text(settings, "positive_prompt") || has_text(settings, "app_version"))
    return read(settings, "InvokeAI", true);
  if (has_text(settings, "prompt") || has_text(settings, "Prompt"))
    return read(settings, program_of(settings), false);
  return std::nullopt;
}

}  // namespace diorama
