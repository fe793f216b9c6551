#include "io/comfyui_recipe.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/decimal.h"
#include "base/error.h"
#include "io/comfyui_prompt.h"
#include "io/foreign_settings.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

bool has(const Json& node, std::string_view input) {
  return ComfyGraph::input(node, input) != nullptr;
}

bool is_sampler(const Json& node) {
  if (has(node, "guider") && has(node, "sigmas")) return true;
  return has(node, "positive") && has(node, "negative") && (has(node, "steps") || has(node, "sigmas"));
}

// The links that lead from a picture to what it was made of.
const Json* made_of(const Json& node) {
  constexpr std::array<std::string_view, 7> kNames{"images", "image",        "pixels", "samples",
                                                   "latent", "latent_image", "latents"};
  for (const std::string_view name : kNames)
    if (const Json* const value = ComfyGraph::input(node, name); value != nullptr && value->is_array())
      return value;
  return ComfyGraph::passed_on(node);
}

// Reads a graph into a recipe.
class Reader {
 public:
  explicit Reader(const ComfyGraph& graph) : graph_(graph), values_(graph) {}

  Recipe read(std::string_view name);

 private:
  // The samplers on the way back from a node, the one that worked last first.
  std::vector<const Json*> samplers_behind(const Json& node);
  // Of the picture that is saved, else of any.
  std::vector<const Json*> samplers();
  const Json* linked(const Json& node, std::string_view input) const {
    return graph_.target(ComfyGraph::input(node, input));
  }

  // The node that has the prompts: the sampler itself, or its guider.
  const Json& guided_of(const Json& sampler) const {
    const Json* const guider = linked(sampler, "guider");
    return guider == nullptr ? sampler : *guider;
  }

  void read_steps(const Json& sampler);
  void read_method(const Json& sampler);
  void read_sampling(const Json& sampler);
  void read_prompts(const Json& sampler);
  void read_model(const Json& sampler);
  void read_size(const Json& sampler);
  // The node that has the number of steps, or null.
  const Json* schedule_of(const Json& sampler);
  void take_prompt(std::string& prompt, const char* what, const Json* value, std::string_view role);
  void take_number(const char* what, const Json& node, std::string_view input,
                   void (*take)(Recipe&, std::string_view));
  // Says that an input is there and could not be followed.
  void say_unknown(const char* what, const Json& node, std::string_view input);

  const ComfyGraph& graph_;
  ComfyValues values_;
  Recipe recipe_;
};

std::vector<const Json*> Reader::samplers_behind(const Json& node) {
  std::vector<const Json*> found;
  std::set<const Json*> seen;
  for (const Json* at = &node; at != nullptr && seen.insert(at).second && values_.spend();
       at = graph_.target(made_of(*at)))
    if (is_sampler(*at)) found.push_back(at);
  return found;
}

std::vector<const Json*> Reader::samplers() {
  constexpr int kMostTried = 20;  // pictures that lead to none
  if (!graph_.nodes().is_object()) return {};
  for (const std::string_view kind : {"Save", "Preview", ""}) {
    int tried = 0;
    for (const Json& node : graph_.nodes()) {
      const bool fits =
          kind.empty() ? is_sampler(node) : ComfyGraph::type(node).find(kind) != std::string_view::npos;
      if (!fits || ++tried > kMostTried) continue;
      if (auto found = samplers_behind(node); !found.empty()) return found;
    }
  }
  return {};
}

void Reader::say_unknown(const char* what, const Json& node, std::string_view input) {
  const Json* const value = ComfyGraph::input(node, input);
  if (value == nullptr) return;
  const Json* const source = graph_.target(value);
  const auto type = source == nullptr ? std::string_view() : ComfyGraph::type(*source);
  leave_out(recipe_, type.empty() ? std::string(what) : fmt::format("{} behind the node {}", what, type));
}

const Json* Reader::schedule_of(const Json& sampler) {
  std::set<const Json*> seen;
  const Json* node = &sampler;
  while (node != nullptr && !has(*node, "steps") && seen.insert(node).second && values_.spend())
    node = linked(*node, "sigmas");
  return node != nullptr && has(*node, "steps") ? node : nullptr;
}

void Reader::take_number(const char* what, const Json& node, std::string_view input,
                         void (*take)(Recipe&, std::string_view)) {
  const std::string number = values_.number(node, input);
  if (number.empty())
    say_unknown(what, node, input);
  else
    take(recipe_, number);
}

void Reader::read_steps(const Json& sampler) {
  const Json* const schedule = schedule_of(sampler);
  if (schedule == nullptr) return say_unknown("steps", sampler, "sigmas");
  take_number("steps", *schedule, "steps", take_steps);
  const std::string denoise = values_.number(*schedule, "denoise");
  if (const auto share = parse_decimal<double>(denoise); share && *share < 1)
    leave_out(recipe_, "denoise " + denoise);
}

void Reader::read_method(const Json& sampler) {
  const Json* const method = linked(sampler, "sampler");
  const Json& named = method == nullptr ? sampler : *method;
  auto name = values_.text(ComfyGraph::input(named, "sampler_name"), "sampler_name");
  // A node for each, such as SamplerDPMPP_2M_SDE.
  if (!name && method != nullptr) name = ComfyGraph::type(*method);
  const Json* const schedule = schedule_of(sampler);
  const Json* const levels = schedule == nullptr ? nullptr : ComfyGraph::input(*schedule, "scheduler");
  take_sampler(recipe_, name.value_or(""), values_.text(levels, "scheduler").value_or(""));
}

void Reader::read_sampling(const Json& sampler) {
  read_steps(sampler);
  read_method(sampler);
  const Json* const noise = linked(sampler, "noise");
  const Json& seeded = noise == nullptr ? sampler : *noise;
  take_number("seed", seeded, has(seeded, "seed") ? "seed" : "noise_seed", take_seed);
  const Json& guided = guided_of(sampler);
  take_number("CFG scale", guided, "cfg", take_cfg_scale);
  if (has(guided, "conditioning") && !has(guided, "cfg")) recipe_.cfg_scale = 1;
}

void Reader::take_prompt(std::string& prompt, const char* what, const Json* value, std::string_view role) {
  ComfyPrompt read = read_prompt(values_, value, role);
  prompt = std::move(read.text);
  for (const std::string& node : read.unknown) leave_out(recipe_, fmt::format("{} behind {}", what, node));
  for (const std::string& words : read.left_out) leave_out(recipe_, words);
}

void Reader::read_prompts(const Json& sampler) {
  const Json& guided = guided_of(sampler);
  const Json* positive = nullptr;
  for (const char* input : {"positive", "conditioning", "cond1"})
    if (positive == nullptr) positive = ComfyGraph::input(guided, input);
  take_prompt(recipe_.prompt, "prompt", positive, "positive");
  take_prompt(recipe_.negative_prompt, "negative prompt", ComfyGraph::input(guided, "negative"), "negative");
  leave_out_prompt_syntax(recipe_);
}

void Reader::read_model(const Json& sampler) {
  const Json* node = linked(guided_of(sampler), "model");
  std::set<const Json*> seen;
  for (; node != nullptr && seen.insert(node).second && values_.spend(); node = linked(*node, "model")) {
    for (const char* input : {"ckpt_name", "unet_name", "model_path", "model_name"})
      if (const auto name = values_.text(ComfyGraph::input(*node, input), input);
          name && recipe_.model.empty())
        recipe_.model = *name;
    if (const auto lora = values_.text(ComfyGraph::input(*node, "lora_name"), "lora_name"))
      leave_out(recipe_, "LoRA " + *lora);
    // ModelSamplingSD3 and ModelSamplingAuraFlow.
    if (!recipe_.shift) take_shift(recipe_, values_.number(*node, "shift"));
  }
}

void Reader::read_size(const Json& sampler) {
  // Nodes with one of these work the size out.
  constexpr std::array<std::string_view, 6> kWorkedOut{"aspect_ratio", "megapixels", "ratio",
                                                       "resolution",   "scale_by",   "swap_dimensions"};
  const Json* node = linked(sampler, "latent_image");
  std::set<const Json*> seen;
  while (node != nullptr && seen.insert(node).second && values_.spend()) {
    const bool is_plain = std::ranges::none_of(kWorkedOut, [&](auto input) { return has(*node, input); });
    const std::string prefix = has(*node, "empty_latent_width") ? "empty_latent_" : "";
    const auto width = values_.number(*node, prefix + "width"),
               height = values_.number(*node, prefix + "height");
    if (is_plain && !width.empty() && !height.empty()) return take_size(recipe_, width, height);
    const Json* const link = made_of(*node);
    if (link == nullptr || !is_plain || has(*node, "width")) break;
    node = graph_.target(link);
  }
  if (node == nullptr || ComfyGraph::type(*node).empty()) return;
  leave_out(recipe_, fmt::format("size behind the node {}", ComfyGraph::type(*node)));
}

Recipe Reader::read(std::string_view name) {
  const auto found = samplers();
  if (found.empty())
    fail(Fault::file_system, "{}: holds a ComfyUI graph without a sampler that could be read", name);
  recipe_.program = "ComfyUI";
  recipe_.acceleration.clear();
  const Json& sampler = *found.back();
  read_sampling(sampler);
  read_prompts(sampler);
  read_model(sampler);
  read_size(sampler);
  for (size_t i = 0; i + 1 < found.size(); ++i)
    leave_out(recipe_, fmt::format("{} after the first sampler", ComfyGraph::type(*found[i])));
  return std::move(recipe_);
}

}  // namespace

Recipe recipe_from_comfyui(std::string_view text, std::string_view name) {
  const ComfyGraph graph(text, name);
  return Reader(graph).read(name);
}

}  // namespace diorama
