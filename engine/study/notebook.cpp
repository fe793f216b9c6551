#include "study/notebook.h"

#include <fstream>

namespace diorama {

Notebook::Notebook(std::filesystem::path file) : file_(std::move(file)) {
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object() && json.contains("what") && json["what"].is_string() && json.contains("value"))
      entries_[json["what"].get<std::string>()] = json["value"];
  }
}

const nlohmann::json* Notebook::find(const std::string& what) const {
  const auto found = entries_.find(what);
  return found == entries_.end() ? nullptr : &found->second;
}

void Notebook::write(const std::string& what, const nlohmann::json& value) {
  entries_[what] = value;
  std::error_code ignored;  // a search without a notebook cannot be continued, but is one
  std::filesystem::create_directories(file_.parent_path(), ignored);
  // A line that was cut off when a search was killed must not swallow this one.
  std::ofstream(file_, std::ios::app)
      << "\n"
      << nlohmann::json{{"what", what}, {"value", value}}.dump() << std::flush;
}

}  // namespace diorama
