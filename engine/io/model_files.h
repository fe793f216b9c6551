// The files of a model's folder, to be copied: what belongs to it and nothing else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/new_folder.h"

namespace diorama {

struct ModelFile {
  std::filesystem::path name;    // within the folder, as the walk found it
  std::filesystem::path source;  // what it is, links resolved
  uint64_t bytes = 0;
};

struct ModelFiles {
  std::vector<ModelFile> files;
  std::vector<std::string> left_out;  // sentences for people: what stands there and is not taken, and why

  uint64_t bytes() const;
};

// Hidden files, caches, pickles and other weights that Diorama does not read are passed over, and so is what
// `wanted` says no to by its name. A link is what it leads to, but only within the folder or the `blobs` of a
// hub's cache around it; other links, pipes and devices are left out, and refused with Fault::model_file
// where they stand for a part of the model.
ModelFiles files_of_model(const std::filesystem::path& folder,
                          const std::function<bool(const std::filesystem::path& name)>& wanted = {});

// `copied` hears of bytes as they are written, at most a few MiB at once; what it throws ends the copying.
void copy_files(const ModelFiles& from, const NewFolder& to,
                const std::function<void(uint64_t bytes)>& copied);

}  // namespace diorama
