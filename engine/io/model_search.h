// Where models are found by name.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "io/model_folder.h"

namespace diorama {

// In order: $DIORAMA_MODELS (colon separated), the user's folder, the installed share folder, assets/models.
std::vector<std::filesystem::path> model_search_path();

// What the user typed: a path to a folder, or a name of one on the search path. A folder that is no model, as
// one of the same name in the current folder can be, hides no name. Fault::model_file, with the known names.
std::filesystem::path find_model(std::string_view path_or_name);
// What the user did not type, such as a default: a name, whatever lies in the current folder.
std::filesystem::path find_model_by_name(std::string_view name);

struct FoundModel {
  ModelFolder folder;
  HashMatch match = HashMatch::none;
};
// The model on the search path that a picture was made with, by the hash and the title in its recipe; those
// of that title are looked at first. Models that are broken are passed over, however they are.
std::optional<FoundModel> find_model_by_hash(std::string_view hash, std::string_view title);

// $XDG_DATA_HOME/diorama where that is an absolute path, by default ~/.local/share/diorama: what is learned
// of models that cannot be written to. Empty where neither is known: nothing is kept then.
std::filesystem::path user_data_folder();

// A file that comes with the program, by its path under assets/: installed, or in the sources.
// Fault::file_system where it is in neither.
std::filesystem::path find_data(std::string_view name);

// Every model on the search path, sorted by name; of several of one name the first that can be opened, or the
// first. Names are whatever the file system holds.
std::vector<std::filesystem::path> list_models();

// Models on the search path that no name leads to, since another one of the same name is taken.
std::vector<std::filesystem::path> models_of_the_same_name(const std::filesystem::path& taken);

}  // namespace diorama
