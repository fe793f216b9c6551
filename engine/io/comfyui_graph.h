// A ComfyUI graph in its API form: {id: {"class_type": .., "inputs": {name: value or [id, output]}}}.
// Everything is looked at where it stands in the document; what is not there is null.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace diorama {

class ComfyGraph {
 public:
  // Fault::file_system where it is not JSON, and where it is larger than any graph is.
  ComfyGraph(std::string_view text, std::string_view name);

  // Some member is a node.
  static bool is_graph(const nlohmann::json& json);

  const nlohmann::json& nodes() const { return nodes_; }
  // The node that an input's value links to.
  const nlohmann::json* target(const nlohmann::json* value) const;

  static std::string_view type(const nlohmann::json& node);
  static const nlohmann::json* inputs(const nlohmann::json& node);  // an object
  static const nlohmann::json* input(const nlohmann::json& node, std::string_view name);
  static bool is_link(const nlohmann::json& value) { return value.is_array(); }
  // The one link of a node that only passes it on.
  static const nlohmann::json* passed_on(const nlohmann::json& node);

 private:
  nlohmann::json nodes_;
};

}  // namespace diorama
