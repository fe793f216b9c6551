#include "io/foreign_recipe.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/json_config.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

struct SamplerName {
  std::string_view own;
  std::string_view shown;   // A1111
  std::string_view folded;  // lower case, letters, digits and + alone
};
constexpr SamplerName kSamplerNames[] = {
    {"euler", "Euler", "euler"},         {"heun", "Heun", "heun"}, {"dpmpp-2m", "DPM++ 2M", "dpm++2m"},
    {"dpmpp-2m", "DPM++ 2M", "dpmpp2m"}, {"ddim", "DDIM", "ddim"}, {"ddpm", "DDPM", "ddpm"}};

std::string folded(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '+')
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

template <typename T>
std::optional<T> number_in(std::string_view text) {
  T number{};
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

// Takes a value off `text`, up to the comma that ends it; one that begins with a quotation mark is a JSON
// string.
std::string take_value(std::string_view& text) {
  size_t end = text.find(',');
  Json string;
  if (text.starts_with('"')) {
    size_t quote = 1;
    while (quote < text.size() && text[quote] != '"') quote += text[quote] == '\\' ? 2 : 1;
    string = Json::parse(text.substr(0, quote + 1), nullptr, false);
    if (string.is_string()) end = text.find(',', quote);
  }
  const std::string value =
      string.is_string() ? string.get<std::string>() : std::string(trimmed(text.substr(0, end)));
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return value;
}

// Of the settings that other programs write, those that mean something here.
constexpr std::array<std::string_view, 10> kSettings{"CFG scale", "Eta",   "Model", "Model hash", "Sampler",
                                                     "Seed",      "Shift", "Size",  "Steps",      "Version"};

// "Steps: 20, Sampler: Euler, .."
std::map<std::string_view, std::string> read_settings(std::string_view line) {
  std::map<std::string_view, std::string> settings;
  while (!line.empty()) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) break;
    const auto known = std::ranges::find(kSettings, trimmed(line.substr(0, colon)));
    line = line.substr(colon + 1);
    line = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    std::string value = take_value(line);
    if (known != kSettings.end()) settings.emplace(*known, std::move(value));
  }
  return settings;
}

void apply_settings(std::map<std::string_view, std::string> settings, Recipe& recipe) {
  const std::string& size = settings["Size"];
  if (const size_t cross = size.find('x'); cross != std::string::npos) {
    recipe.width = number_in<int>(size).value_or(0);
    recipe.height = number_in<int>(size.substr(cross + 1)).value_or(0);
  }
  recipe.steps = number_in<int>(settings["Steps"]).value_or(0);
  recipe.cfg_scale = number_in<double>(settings["CFG scale"]).value_or(1);
  recipe.seed = number_in<uint64_t>(settings["Seed"]).value_or(0);
  recipe.shift = number_in<double>(settings["Shift"]);
  recipe.eta = number_in<double>(settings["Eta"]);
  recipe.sampler = own_sampler_name(settings["Sampler"]);
  recipe.model = settings["Model"];
  recipe.model_hash = settings["Model hash"];
  recipe.program = settings["Version"];
}

// ComfyUI's graph: {id: {class_type, inputs: {name: value or [id, output]}}}. Everything is looked at where
// it stands in the document; null where it is not there.
class Graph {
 public:
  Graph(std::string_view text, std::string_view name)
      : nodes_(parse_json(
            text, fmt::format("{}: ComfyUI graph", name),
            {.fault = Fault::file_system, .most_bytes = size_t{128} << 20, .keys_may_repeat = true})) {}

  // Of the first node that has these inputs.
  const Json* inputs_of_first(std::initializer_list<const char*> names) const {
    if (!nodes_.is_object()) return nullptr;
    for (const Json& node : nodes_)
      if (const Json* inputs = inputs_of(&node);
          inputs != nullptr &&
          std::ranges::all_of(names, [&](const char* name) { return inputs->contains(name); }))
        return inputs;
    return nullptr;
  }

  // The value of an input, following links to inputs of the same name, or to any of the `others`. A chain of
  // links ends where it meets itself.
  const Json* follow(const Json& inputs, std::string_view name,
                     std::initializer_list<std::string_view> others = {}) const {
    const Json* value = find(&inputs, name);
    std::set<const Json*> seen;
    while (value != nullptr && value->is_array()) {
      if (value->empty() || !value->front().is_string() || !seen.insert(value).second) return nullptr;
      const Json* next = inputs_of(find(&nodes_, value->front().get_ref<const std::string&>()));
      value = find(next, name);
      for (auto other = others.begin(); value == nullptr && other != others.end(); ++other)
        value = find(next, *other);
    }
    return value;
  }

 private:
  static const Json* find(const Json* object, std::string_view key) {
    if (object == nullptr || !object->is_object()) return nullptr;
    const auto found = object->find(key);
    return found == object->end() ? nullptr : &*found;
  }

  static const Json* inputs_of(const Json* node) {
    const Json* inputs = find(node, "inputs");
    return inputs != nullptr && inputs->is_object() ? inputs : nullptr;
  }

  Json nodes_;
};

template <typename T>
void read_value(const Json* json, T& value) {
  if (json == nullptr) return;
  if constexpr (std::is_same_v<T, std::string>) {
    if (json->is_string()) value = json->get<std::string>();
  } else if constexpr (std::is_integral_v<T>) {
    if (json->is_number_integer()) value = json->get<T>();
  } else {
    if (json->is_number() && std::isfinite(json->get<T>())) value = json->get<T>();
  }
}

}  // namespace

std::string foreign_sampler_name(std::string_view sampler) {
  const auto it = std::ranges::find(kSamplerNames, sampler, &SamplerName::own);
  return std::string(it == std::end(kSamplerNames) ? sampler : it->shown);
}

std::string own_sampler_name(std::string_view foreign) {
  const auto it = std::ranges::find(kSamplerNames, folded(foreign), &SamplerName::folded);
  return std::string(it == std::end(kSamplerNames) ? foreign : it->own);
}

Recipe recipe_from_parameters(std::string_view text) {
  constexpr std::string_view kNegative = "Negative prompt:";
  Recipe recipe;
  const size_t settings = text.rfind("\nSteps: ");
  std::string_view prompts = text.substr(0, settings);
  if (text.starts_with("Steps: ")) prompts = {};
  if (prompts.size() < text.size())
    apply_settings(read_settings(trimmed(text.substr(prompts.size()))), recipe);
  const size_t negative = prompts.starts_with(kNegative) ? 0 : prompts.find("\nNegative prompt:");
  recipe.prompt = trimmed(prompts.substr(0, negative));
  if (negative != std::string_view::npos)
    recipe.negative_prompt = trimmed(prompts.substr(prompts.find(kNegative, negative) + kNegative.size()));
  return recipe;
}

Recipe recipe_from_comfyui(std::string_view text, std::string_view name) {
  const Graph graph(text, name);
  const Json* const sampler = graph.inputs_of_first({"steps", "cfg", "positive", "negative"});
  if (sampler == nullptr)
    fail(Fault::file_system, "{}: holds a ComfyUI graph without a sampler that could be read", name);
  Recipe recipe;
  recipe.program = "ComfyUI";
  read_value(graph.follow(*sampler, "steps"), recipe.steps);
  read_value(graph.follow(*sampler, "cfg"), recipe.cfg_scale);
  read_value(graph.follow(*sampler, "seed"), recipe.seed);
  read_value(graph.follow(*sampler, "noise_seed"), recipe.seed);
  read_value(graph.follow(*sampler, "positive", {"text"}), recipe.prompt);
  read_value(graph.follow(*sampler, "negative", {"text"}), recipe.negative_prompt);
  read_value(graph.follow(*sampler, "model", {"ckpt_name", "unet_name"}), recipe.model);
  read_value(graph.follow(*sampler, "latent_image", {"width"}), recipe.width);
  read_value(graph.follow(*sampler, "latent_image", {"height"}), recipe.height);
  std::string sampler_name;
  read_value(graph.follow(*sampler, "sampler_name"), sampler_name);
  recipe.sampler = own_sampler_name(sampler_name);
  return recipe;
}

}  // namespace diorama
