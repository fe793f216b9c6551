// What a long search has measured, a line each in a file, so that one that was stopped goes on.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace diorama {

class Notebook {
 public:
  // Without a name nothing is kept. A line that cannot be read is measured anew; Fault::file_system where the
  // file is none, or larger than any search makes it.
  explicit Notebook(std::filesystem::path file);

  // Null where nothing was written under the name.
  const nlohmann::json* find(const std::string& what) const;
  // A search goes on without what cannot be written.
  void write(const std::string& what, const nlohmann::json& value);
  // Why something could not be kept, or empty.
  const std::string& problem() const { return problem_; }

 private:
  std::filesystem::path file_;
  std::map<std::string, nlohmann::json> entries_;
  std::string problem_;
};

}  // namespace diorama
