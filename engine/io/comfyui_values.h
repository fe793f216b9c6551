// What the inputs of a ComfyUI graph's nodes come to, followed through the nodes that they are linked to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/comfyui_graph.h"

namespace diorama {

class ComfyValues {
 public:
  explicit ComfyValues(const ComfyGraph& graph) : graph_(graph) {}

  const ComfyGraph& graph() const { return graph_; }

  // Of an input by this name, a number in decimal; empty where it is not known.
  std::string number(const nlohmann::json& node, std::string_view input);
  // Of an input's value; none where it is not known.
  std::optional<std::string> text(const nlohmann::json* value, std::string_view input);

  // To be called for each node that is looked at: false where there were so many that nothing more is.
  bool spend() { return spend(1); }

 private:
  bool spend(int64_t nodes) { return (budget_ -= nodes) > 0; }
  std::optional<std::string> paid(std::string text);
  std::optional<std::string> text(const nlohmann::json* value, std::string_view input, int depth);
  std::optional<std::string> joined(const nlohmann::json& node, int depth);

  const ComfyGraph& graph_;
  int64_t budget_ = 300'000;
};

}  // namespace diorama
