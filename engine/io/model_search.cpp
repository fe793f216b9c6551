#include "io/model_search.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Of what comes with the program: installed, else in the sources.
std::vector<fs::path> data_folders() {
  std::vector<fs::path> folders;
  std::error_code unknown;
  if (const fs::path program = fs::read_symlink("/proc/self/exe", unknown); !unknown)
    folders.push_back(program.parent_path().parent_path() / "share/diorama");
  folders.emplace_back(DIORAMA_ASSETS_FOLDER);
  return folders;
}

bool is_model(const fs::path& folder) {
  return path_exists(folder / "model_index.json");
}

}  // namespace

fs::path user_data_folder() {
  if (const std::string folder = environment("XDG_DATA_HOME"); !folder.empty())
    return fs::path(folder) / "diorama";
  return fs::path(environment("HOME")) / ".local/share/diorama";
}

std::vector<fs::path> model_search_path() {
  std::vector<fs::path> folders;
  const std::string listed = environment("DIORAMA_MODELS");
  for (size_t begin = 0; begin < listed.size();) {
    const size_t end = std::min(listed.find(':', begin), listed.size());
    if (end > begin) folders.emplace_back(listed.substr(begin, end - begin));
    begin = end + 1;
  }
  folders.push_back(user_data_folder() / "models");
  for (const fs::path& folder : data_folders()) folders.push_back(folder / "models");
  return folders;
}

fs::path find_data(std::string_view name) {
  for (const fs::path& folder : data_folders())
    if (path_exists(folder / name)) return folder / name;
  fail(Fault::file_system, "{}: is not where the program keeps its data; install it again", name);
}

fs::path find_model(std::string_view path_or_name) {
  std::error_code unknown;
  if (fs::is_directory(path_or_name, unknown)) return path_or_name;
  return find_model_by_name(path_or_name);
}

fs::path find_model_by_name(std::string_view name) {
  const std::string_view path_or_name = name;
  std::vector<std::string> known;
  for (const fs::path& model : list_models()) {
    if (model.filename() == path_or_name) return model;
    known.push_back(model.filename().string());
  }
  fail(Fault::model_file, "{}: is neither a folder nor the name of a model; known are: {}", path_or_name,
       known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

std::vector<fs::path> list_models() {
  std::map<std::string, fs::path> models;
  for (const fs::path& folder : model_search_path()) {
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator(folder, unreadable))
      if (is_model(entry.path())) models.try_emplace(entry.path().filename().string(), entry.path());
  }
  std::vector<fs::path> result;
  for (const auto& [name, path] : models) result.push_back(path);
  return result;
}

}  // namespace diorama
