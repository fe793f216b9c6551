#include "io/checkpoint.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/json_config.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSingleFiles{"diffusion_pytorch_model.safetensors", "model.safetensors",
                                  "diffusion_pytorch_model.fp16.safetensors", "model.fp16.safetensors"};
// Libraries put the variant before the last suffix; older ones after the stem.
constexpr std::array kIndexFiles{
    "diffusion_pytorch_model.safetensors.index.json",      "model.safetensors.index.json",
    "diffusion_pytorch_model.safetensors.index.fp16.json", "model.safetensors.index.fp16.json",
    "diffusion_pytorch_model.fp16.safetensors.index.json", "model.fp16.safetensors.index.json"};

template <size_t N>
fs::path first_that_exists(const fs::path& folder, const std::array<const char*, N>& names) {
  for (const char* name : names)
    if (path_exists(folder / name)) return folder / name;
  return {};
}

// A name of a pickle in the folder, or nothing.
std::string find_pickle(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const auto suffix = entry.path().extension();
    if (suffix == ".bin" || suffix == ".pth" || suffix == ".pt" || suffix == ".ckpt")
      return entry.path().filename().string();
  }
  return {};
}

[[noreturn]] void fail_without_weights(const fs::path& folder) {
  if (!path_exists(folder))
    fail(Fault::model_file, "{}: this folder of the model is missing", folder.string());
  if (const std::string pickle = find_pickle(folder); !pickle.empty())
    fail(Fault::model_file, "{}: holds the pickle {} but no safetensors; fetch the model's safetensors files",
         folder.string(), pickle);
  fail(Fault::model_file, "{}: holds no weights; put {} or {} there", folder.string(), kSingleFiles[0],
       kSingleFiles[1]);
}

}  // namespace

Checkpoint Checkpoint::open(const fs::path& folder) {
  Checkpoint checkpoint(folder);
  if (const fs::path single = first_that_exists(folder, kSingleFiles); !single.empty())
    checkpoint.read_single(single);
  else if (const fs::path index = first_that_exists(folder, kIndexFiles); !index.empty())
    checkpoint.read_shards(index);
  else
    fail_without_weights(folder);
  return checkpoint;
}

void Checkpoint::read_single(const fs::path& file) {
  files_.push_back(std::make_unique<SafetensorsFile>(file));
  for (const auto& [name, tensor] : files_.back()->header().tensors) tensors_[name] = files_.back().get();
}

void Checkpoint::read_shards(const fs::path& index) {
  const auto map = Config::load(index).get<Config>("weight_map");
  std::map<std::string, const SafetensorsFile*> shards;
  for (const std::string& name : map.keys()) {
    const auto shard = map.get<std::string>(name);
    if (shard.empty() || shard == "." || shard == ".." || fs::path(shard).filename() != shard)
      map.reject(name, "the name of a file in the same folder");
    const SafetensorsFile*& file = shards[shard];
    if (file == nullptr) {
      if (!path_exists(folder_ / shard))
        fail(Fault::model_file, "{}: the shard {} is missing; fetch it too", index.string(), shard);
      file = files_.emplace_back(std::make_unique<SafetensorsFile>(folder_ / shard)).get();
    }
    file->tensor(name);  // throws where the index is wrong
    tensors_[name] = file;
  }
}

std::vector<std::string> Checkpoint::names() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : tensors_) names.push_back(name);
  return names;
}

bool Checkpoint::contains(std::string_view name) const {
  return tensors_.find(name) != tensors_.end();
}

const SafetensorsFile& Checkpoint::file_of(std::string_view name) const {
  const auto it = tensors_.find(name);
  if (it == tensors_.end())
    fail(Fault::model_file, "{}: {}: no file holds this tensor", folder_.string(), name);
  return *it->second;
}

}  // namespace diorama
