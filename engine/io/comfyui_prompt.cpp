#include "io/comfyui_prompt.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/error.h"
#include "io/recipe.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

// Texts of an encoder, the one that says most first: one of several networks takes a text for each.
constexpr std::array<std::string_view, 14> kTexts{
    "t5xxl",     "text_g", "populated_text", "user_prompt", "text",   "prompt", "mt5xl",
    "qwen25_7b", "llama",  "string",         "clip_g",      "text_l", "clip_l", "bert"};

bool is_text_or_link(const Json& value) {
  return value.is_string() || ComfyGraph::is_link(value);
}

class PromptReader {
 public:
  PromptReader(ComfyValues& values, std::string_view role) : values_(values), role_(role) {}

  ComfyPrompt read(const Json* value);

 private:
  void visit(const Json& value);
  void visit_node(const Json& node);
  // What leads on from a node, in the order in which it is read.
  std::vector<const Json*> ways(const Json& node) const;
  bool take_texts(const Json& node);
  void add(std::string_view part);
  void add_unknown(const Json* node);

  ComfyValues& values_;
  std::string_view role_;
  ComfyPrompt prompt_;
  std::vector<const Json*> waiting_;
  std::set<std::string> parts_;  // of the text, each once
};

ComfyPrompt PromptReader::read(const Json* value) {
  std::set<const Json*> seen;
  if (value != nullptr) waiting_.push_back(value);
  while (!waiting_.empty()) {
    const Json* const next = waiting_.back();
    waiting_.pop_back();
    if (seen.insert(next).second && values_.spend()) visit(*next);
  }
  return std::move(prompt_);
}

void PromptReader::visit(const Json& value) {
  if (value.is_string()) return add(value.get_ref<const std::string&>());
  const Json* const node = values_.graph().target(&value);
  if (node == nullptr) return add_unknown(nullptr);
  visit_node(*node);
}

void PromptReader::visit_node(const Json& node) {
  const std::string type(ComfyGraph::type(node));
  if (type.find("ZeroOut") != std::string::npos) return;  // the same as no words
  if (const auto next = ways(node); !next.empty()) {
    const std::string guidance = values_.number(node, "guidance");
    const bool is_changed =
        std::ranges::any_of(next, [](const Json* way) { return ComfyGraph::is_link(*way); });
    if (is_changed && !type.empty())
      prompt_.left_out.push_back(guidance.empty() ? type : type + ' ' + guidance);
    waiting_.insert(waiting_.end(), next.rbegin(), next.rend());
    return;
  }
  if (take_texts(node)) {
    const std::string guidance = values_.number(node, "guidance");
    if (!guidance.empty()) prompt_.left_out.push_back("guidance " + guidance);
    return;
  }
  if (const Json* const next = ComfyGraph::passed_on(node))
    waiting_.push_back(next);
  else
    add_unknown(&node);
}

std::vector<const Json*> PromptReader::ways(const Json& node) const {
  std::vector<const Json*> of_role, of_conditioning;
  const Json* const inputs = ComfyGraph::inputs(node);
  if (inputs == nullptr) return {};
  for (const auto& [name, value] : inputs->items()) {
    if (!is_text_or_link(value)) continue;
    if (name == role_ || name.starts_with(std::string(role_) + '_')) of_role.push_back(&value);
    if (!name.starts_with("cond") || !ComfyGraph::is_link(value)) continue;
    // What is changed goes before what changes it.
    of_conditioning.insert(name == "conditioning_to" ? of_conditioning.begin() : of_conditioning.end(),
                           &value);
  }
  return of_role.empty() ? of_conditioning : of_role;
}

// The first text that says something; false where the node has none.
bool PromptReader::take_texts(const Json& node) {
  std::string main;
  bool has_text = false;
  for (const std::string_view name : kTexts) {
    const Json* const value = ComfyGraph::input(node, name);
    if (value == nullptr || !is_text_or_link(*value)) continue;
    has_text = true;
    const auto text = values_.text(value, name);
    if (!text)
      add_unknown(values_.graph().target(value));
    else if (main.empty())
      main = *text;
    else if (!text->empty() && *text != main)
      prompt_.left_out.push_back(fmt::format("{}: {}", name, *text));
  }
  add(main);
  return has_text;
}

void PromptReader::add(std::string_view part) {
  std::string& text = prompt_.text;
  if (part.empty() || text.size() > kMaxPrompt || !parts_.emplace(part).second) return;
  if (!text.empty()) text += ", ";
  text += part;
}

void PromptReader::add_unknown(const Json* node) {
  std::string type(node == nullptr ? std::string_view() : ComfyGraph::type(*node));
  prompt_.unknown.push_back(type.empty() ? "a node that is not there" : "the node " + type);
}

}  // namespace

ComfyPrompt read_prompt(ComfyValues& values, const Json* value, std::string_view role) {
  return PromptReader(values, role).read(value);
}

}  // namespace diorama
