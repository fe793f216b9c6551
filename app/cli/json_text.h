// JSON for standard output: names of files and words of strangers in it may be no UTF-8, and nothing in it
// acts on a terminal.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace diorama::cli {

// `indent` negative: in one line.
inline std::string json_text(const nlohmann::ordered_json& json, int indent = -1) {
  return json.dump(indent, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace diorama::cli
