// What a long search has measured, a line each in a file, so that one that was stopped goes on.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace diorama {

class Notebook {
 public:
  // A line that cannot be read is measured anew.
  explicit Notebook(std::filesystem::path file);

  // Null where nothing was written under the name.
  const nlohmann::json* find(const std::string& what) const;
  void write(const std::string& what, const nlohmann::json& value);

 private:
  std::filesystem::path file_;
  std::map<std::string, nlohmann::json> entries_;
};

}  // namespace diorama
