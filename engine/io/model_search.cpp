#include "io/model_search.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/new_folder.h"
#include "base/suggestion.h"
#include "base/utf8.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Others must be ignored, says the XDG base directory specification.
fs::path absolute_path_in(const char* variable) {
  const fs::path path = environment(variable);
  return path.is_absolute() ? path : fs::path();
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
  return path_exists(folder / "model_index.json") && !is_unfinished(folder);
}

bool can_be_opened(const fs::path& folder) {
  try {
    ModelFolder::open(folder);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

// All folders on the search path that are models, by name, in the order of the path.
std::map<std::string, std::vector<fs::path>> models_by_name() {
  std::map<std::string, std::vector<fs::path>> models;
  for (const fs::path& folder : model_search_path()) {
    std::error_code unreadable;
    fs::directory_iterator entry(folder, unreadable);
    for (; !unreadable && entry != fs::directory_iterator(); entry.increment(unreadable))
      if (is_model(entry->path())) models[entry->path().filename().string()].push_back(entry->path());
  }
  return models;
}

const fs::path& first_that_opens(const std::vector<fs::path>& models) {
  if (models.size() == 1) return models.front();
  const auto found = std::ranges::find_if(models, can_be_opened);
  return found == models.end() ? models.front() : *found;
}

// What a name that is neither a folder nor known is, so that the message can say it.
[[noreturn]] void fail_to_find(std::string_view name, const std::vector<std::string>& known) {
  std::error_code unknown;
  if (fs::is_regular_file(name, unknown))
    fail(Fault::model_file,
         "{}: is a file; a model is a folder in the diffusers layout: name the folder that holds "
         "model_index.json",
         name);
  fail(Fault::model_file, "{}: is neither a folder nor the name of a model{} known are: {}", one_line(name),
       did_you_mean(name, known).empty() ? ";" : did_you_mean(name, known),
       known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace

fs::path user_data_folder() {
  if (const fs::path data = absolute_path_in("XDG_DATA_HOME"); !data.empty()) return data / "diorama";
  if (const fs::path home = absolute_path_in("HOME"); !home.empty()) return home / ".local/share/diorama";
  return {};
}

std::vector<fs::path> model_search_path() {
  std::vector<fs::path> folders;
  const std::string listed = environment("DIORAMA_MODELS");
  for (size_t begin = 0; begin < listed.size();) {
    const size_t end = std::min(listed.find(':', begin), listed.size());
    if (end > begin) folders.emplace_back(listed.substr(begin, end - begin));
    begin = end + 1;
  }
  if (const fs::path own = user_data_folder(); !own.empty()) folders.push_back(own / "models");
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
  if (!fs::is_directory(path_or_name, unknown)) return find_model_by_name(path_or_name);
  const auto by_name = models_by_name();
  const auto known = by_name.find(std::string(path_or_name));
  if (known == by_name.end() || is_model(path_or_name) || can_be_opened(path_or_name)) return path_or_name;
  return first_that_opens(known->second);
}

fs::path find_model_by_name(std::string_view name) {
  std::vector<std::string> known;
  for (const fs::path& model : list_models()) {
    if (model.filename() == name) return model;
    known.push_back(one_line(model.filename().string()));
  }
  fail_to_find(name, known);
}

std::optional<FoundModel> find_model_by_hash(std::string_view hash, std::string_view title) {
  std::vector<ModelFolder> models;
  for (const fs::path& path : list_models()) {
    try {
      models.push_back(ModelFolder::open(path));
    } catch (const std::exception&) {  // not the one that is looked for
    }
  }
  std::stable_partition(models.begin(), models.end(), [&](const ModelFolder& model) {
    try {
      return model.title() == title;
    } catch (const std::exception&) {
      return false;
    }
  });
  for (const ModelFolder& model : models) {
    try {
      if (const HashMatch match = model.match(hash); match != HashMatch::none)
        return FoundModel{model, match};
    } catch (const std::exception&) {  // nor is this
    }
  }
  return std::nullopt;
}

std::vector<fs::path> list_models() {
  std::vector<fs::path> result;
  for (const auto& [name, models] : models_by_name()) result.push_back(first_that_opens(models));
  return result;
}

std::vector<fs::path> models_of_the_same_name(const fs::path& taken) {
  std::vector<fs::path> others;
  const auto by_name = models_by_name();
  const auto models = by_name.find(taken.filename().string());
  if (models == by_name.end()) return others;
  std::error_code unknown;
  for (const fs::path& model : models->second)
    if (!fs::equivalent(model, taken, unknown)) others.push_back(model);
  return others;
}

}  // namespace diorama
