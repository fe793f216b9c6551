#include "io/comfyui_graph.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/json_reader.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

const Json* find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto it = object.find(key);
  return it == object.end() ? nullptr : &*it;
}

}  // namespace

ComfyGraph::ComfyGraph(std::string_view text, std::string_view name)
    : nodes_(parse_json(
          text, fmt::format("{}: ComfyUI graph", name),
          {.fault = Fault::file_system, .most_bytes = size_t{128} << 20, .keys_may_repeat = true})) {}

bool ComfyGraph::is_graph(const Json& json) {
  if (!json.is_object()) return false;
  for (const Json& node : json)
    if (find(node, "class_type") != nullptr) return true;
  return false;
}

const Json* ComfyGraph::target(const Json* value) const {
  if (value == nullptr || !value->is_array() || value->empty()) return nullptr;
  const Json& id = value->front();
  if (id.is_string()) return find(nodes_, id.get_ref<const std::string&>());
  return id.is_number_unsigned() ? find(nodes_, id.dump()) : nullptr;
}

std::string_view ComfyGraph::type(const Json& node) {
  const Json* const type = find(node, "class_type");
  if (type == nullptr || !type->is_string()) return {};
  return type->get_ref<const std::string&>();
}

const Json* ComfyGraph::inputs(const Json& node) {
  const Json* const inputs = find(node, "inputs");
  return inputs != nullptr && inputs->is_object() ? inputs : nullptr;
}

const Json* ComfyGraph::input(const Json& node, std::string_view name) {
  const Json* const all = inputs(node);
  return all == nullptr ? nullptr : find(*all, name);
}

const Json* ComfyGraph::passed_on(const Json& node) {
  constexpr std::array<std::string_view, 5> kNames{"", "any", "input", "source", "value"};
  const Json* const all = inputs(node);
  if (all == nullptr || all->size() != 1 || !is_link(all->front())) return nullptr;
  const bool has_such_name = std::ranges::find(kNames, all->begin().key()) != kNames.end();
  return has_such_name || type(node).find("Reroute") != std::string_view::npos ? &all->front() : nullptr;
}

}  // namespace diorama
