// Where models are found by name.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace diorama {

// In order: $DIORAMA_MODELS (colon separated), $XDG_DATA_HOME/diorama/models, the installed share folder,
// assets/models.
std::vector<std::filesystem::path> model_search_path();

// A path to a folder, or a name of one on the search path. Fault::model_file, with the known names.
std::filesystem::path find_model(std::string_view path_or_name);
// The same of a name alone.
std::filesystem::path find_model_by_name(std::string_view name);

// $XDG_DATA_HOME/diorama, by default ~/.local/share/diorama: what is learned of models that cannot be written
// to.
std::filesystem::path user_data_folder();

// A file that comes with the program, by its path under assets/: installed, or in the sources.
// Fault::file_system where it is in neither.
std::filesystem::path find_data(std::string_view name);

// Every model on the search path, the first of a name only; sorted by name.
std::vector<std::filesystem::path> list_models();

}  // namespace diorama
