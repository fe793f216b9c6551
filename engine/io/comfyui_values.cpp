#include "io/comfyui_values.h"

#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "base/error.h"
#include "io/recipe.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

// Inputs of nodes that hold a value and nothing else.
constexpr std::array<std::string_view, 5> kNumberNames{"value", "int", "float", "number", "Number"};
constexpr std::array<std::string_view, 2> kSeedNames{"seed", "noise_seed"};
constexpr std::array<std::string_view, 6> kTextNames{"value", "text", "string", "String", "prompt", "Text"};
// Nodes with one of these make another text out of theirs.
constexpr std::array<std::string_view, 6> kTextChanges{"find",   "replace", "regex_pattern",
                                                       "format", "action",  "expression"};

bool is_finite_number(const Json& value) {
  return value.is_number() && (!value.is_number_float() || std::isfinite(value.get<double>()));
}

const Json* find_any(const Json& node, const auto& names) {
  for (const std::string_view name : names)
    if (const Json* const value = ComfyGraph::input(node, name)) return value;
  return nullptr;
}

// The input of a node that stands for a number of this name.
const Json* find_number(const Json& node, std::string_view name) {
  if (const Json* const same = ComfyGraph::input(node, name)) return same;
  if (ComfyGraph::input(node, "expression") != nullptr) return nullptr;
  if (name.ends_with("seed"))
    if (const Json* const seed = find_any(node, kSeedNames)) return seed;
  const Json* const value = find_any(node, kNumberNames);
  return value == nullptr ? ComfyGraph::passed_on(node) : value;
}

const Json* find_text(const Json& node, std::string_view name) {
  // Of wildcards, what was drawn.
  if (const Json* const populated = ComfyGraph::input(node, "populated_text")) return populated;
  if (find_any(node, kTextChanges) != nullptr) return nullptr;
  if (const Json* const same = ComfyGraph::input(node, name)) return same;
  const Json* const value = find_any(node, kTextNames);
  return value == nullptr ? ComfyGraph::passed_on(node) : value;
}

}  // namespace

std::string ComfyValues::number(const Json& node, std::string_view input) {
  std::set<const Json*> seen;
  const Json* value = ComfyGraph::input(node, input);
  while (value != nullptr && ComfyGraph::is_link(*value)) {
    if (!seen.insert(value).second || !spend()) return {};
    const Json* const next = graph_.target(value);
    value = next == nullptr ? nullptr : find_number(*next, input);
  }
  if (value == nullptr || !is_finite_number(*value)) return {};
  return value->is_number_float() ? fmt::format("{}", value->get<double>()) : value->dump();
}

// A text that is copied costs time, too.
std::optional<std::string> ComfyValues::paid(std::string text) {
  constexpr size_t kBytesForNode = 100;
  if (!spend(static_cast<int64_t>(text.size() / kBytesForNode))) return std::nullopt;
  return text;
}

std::optional<std::string> ComfyValues::text(const Json* value, std::string_view input) {
  return text(value, input, 0);
}

std::optional<std::string> ComfyValues::text(const Json* value, std::string_view input, int depth) {
  std::set<const Json*> seen;
  while (value != nullptr && ComfyGraph::is_link(*value)) {
    if (!seen.insert(value).second || !spend()) return std::nullopt;
    const Json* const next = graph_.target(value);
    if (next == nullptr) return std::nullopt;
    if (ComfyGraph::input(*next, "delimiter") != nullptr) return joined(*next, depth);
    value = find_text(*next, input);
  }
  // Of some loaders, beside a picture of the model.
  if (value != nullptr && value->is_object() && value->contains("content")) value = &(*value)["content"];
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return paid(value->get<std::string>());
}

// "string_a", "string_b", .. with what stands between them. A graph can double a text at each node.
std::optional<std::string> ComfyValues::joined(const Json& node, int depth) {
  constexpr int kDeepest = 16;
  if (depth == kDeepest) return std::nullopt;
  const auto delimiter = text(ComfyGraph::input(node, "delimiter"), "delimiter", depth + 1);
  std::optional<std::string> all;
  for (const auto& [name, value] : ComfyGraph::inputs(node)->items()) {
    const bool is_part = name.starts_with("string") || name.starts_with("text");
    if (!is_part || !(value.is_string() || ComfyGraph::is_link(value))) continue;
    const auto part = text(&value, name, depth + 1);
    if (!part || !delimiter || (all ? all->size() : 0) + part->size() > kMaxPrompt) return std::nullopt;
    all = all ? *all + *delimiter + *part : *part;
  }
  return all ? paid(std::move(*all)) : std::nullopt;
}

}  // namespace diorama
