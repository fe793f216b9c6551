#include <memory>

#include "base/say.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "io/model_search.h"
#include "pipeline/devices.h"
#include "study/model_info.h"

namespace diorama::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostOfLine = 5000;  // bytes of what a folder or a file says

Json describe(const ModelFolder& folder) {
  return {{"name", folder.name()}, {"title", folder.title()}, {"path", folder.path().string()}};
}

// A model that cannot be read does not hide the others.
Json listed(const std::filesystem::path& path) try {
  return describe(ModelFolder::open(path));
} catch (const std::exception& error) {
  say(stderr, "diorama: {}\n", one_line(error.what(), kMostOfLine));
  return {{"name", path.filename().string()}, {"path", path.string()}, {"fault", error.what()}};
}

// Models that can only be named by their folder, since this one has their name.
void add_hidden(Json& model, const std::filesystem::path& path, bool json) {
  for (const auto& hidden : models_of_the_same_name(path)) {
    model["hides"].push_back(hidden.string());
    if (!json)
      say(stderr, "diorama: {}: has the same name as {}, which is taken; name it by its folder\n",
          one_line(hidden.string(), kMostOfLine), one_line(path.string(), kMostOfLine));
  }
}

void list(bool json) {
  Json models = Json::array();
  for (const auto& path : list_models()) add_hidden(models.emplace_back(listed(path)), path, json);
  if (json) return say(stdout, "{}\n", json_text(models, 2));
  const auto word = [](const Json& text) { return one_line(text.get<std::string>(), kMostOfLine); };
  for (const Json& model : models)
    say(stdout, "{:<24}{:<32}{}\n", word(model["name"]),
        model.contains("fault") ? "(cannot be used)" : word(model["title"]),
        word(model.contains("fault") ? model["fault"] : model["path"]));
}

Json to_json(const PartInfo& part) {
  Json costs = Json::object();
  for (const PartCost& cost : part.costs)
    costs[std::string(cost.precision)] = {{"weight_bytes", cost.weight_bytes},
                                          {"work_bytes", cost.work_bytes}};
  return {{"part", part.part},
          {"class", part.class_name},
          {"parameters", part.num_parameters},
          {"evaluation", part.evaluation},
          {"macs", part.multiply_adds},
          {"memory", costs}};
}

double mib(size_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

void print_text(const PartInfo& part) {
  say(stdout, "{} ({})\n", part.part, one_line(part.class_name));
  say(stdout, "  parameters   {:.2f} M\n", static_cast<double>(part.num_parameters) / 1e6);
  say(stdout, "  evaluation   {}: {:.3f} G multiply-adds\n", part.evaluation,
      static_cast<double>(part.multiply_adds) / 1e9);
  for (const PartCost& cost : part.costs)
    say(stdout, "  {:<12} {:.1f} MiB of weights, {:.1f} MiB to work with\n", cost.precision,
        mib(cost.weight_bytes), mib(cost.work_bytes));
}

void show(const std::string& model, bool json) {
  const ModelFolder folder = ModelFolder::open(find_model(model));
  const auto device = open_device({.name = "cpu"});
  const auto parts = describe_parts(folder, *device);
  if (json) {
    Json info = describe(folder);
    for (const PartInfo& part : parts) info["parts"].push_back(to_json(part));
    say(stdout, "{}\n", json_text(info, 2));
    return;
  }
  say(stdout, "{}\n{}\n", one_line(folder.title(), kMostOfLine),
      one_line(folder.path().string(), kMostOfLine));
  if (folder.has("scheduler")) say(stdout, "scheduler ({})\n", one_line(folder.class_of("scheduler")));
  for (const PartInfo& part : parts) print_text(part);
}

}  // namespace

void add_models_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand("models", "List models, look into one, quantise one");
  command->require_subcommand(1);
  const auto json = std::make_shared<bool>(false);
  const auto model = std::make_shared<std::string>();

  auto* const list_command = command->add_subcommand("list", "The models that are found by name");
  list_command->add_flag("--json", *json, "As JSON");
  list_command->callback([json] { list(*json); });

  auto* const info_command = command->add_subcommand("info", "Parts, parameters, memory and work of a model");
  info_command->add_option("model", *model, "Name or folder of a model")->required();
  info_command->add_flag("--json", *json, "As JSON");
  info_command->callback([json, model] { show(*model, *json); });

  add_quantise_command(*command);
}

}  // namespace diorama::cli
