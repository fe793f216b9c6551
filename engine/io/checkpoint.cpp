#include "io/checkpoint.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/json_config.h"
#include "base/utf8.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr std::array kSingleFiles{"diffusion_pytorch_model.safetensors",      "model.safetensors",
                                  "diffusion_pytorch_model.fp32.safetensors", "model.fp32.safetensors",
                                  "diffusion_pytorch_model.bf16.safetensors", "model.bf16.safetensors",
                                  "diffusion_pytorch_model.fp16.safetensors", "model.fp16.safetensors"};
// Libraries put the variant before the last suffix; older ones after the stem.
constexpr std::array kIndexFiles{
    "diffusion_pytorch_model.safetensors.index.json",      "model.safetensors.index.json",
    "diffusion_pytorch_model.safetensors.index.fp32.json", "model.safetensors.index.fp32.json",
    "diffusion_pytorch_model.fp32.safetensors.index.json", "model.fp32.safetensors.index.json",
    "diffusion_pytorch_model.safetensors.index.bf16.json", "model.safetensors.index.bf16.json",
    "diffusion_pytorch_model.bf16.safetensors.index.json", "model.bf16.safetensors.index.json",
    "diffusion_pytorch_model.safetensors.index.fp16.json", "model.safetensors.index.fp16.json",
    "diffusion_pytorch_model.fp16.safetensors.index.json", "model.fp16.safetensors.index.json"};
constexpr size_t kMostShards = 1000;

template <size_t N>
fs::path first_that_exists(const fs::path& folder, const std::array<const char*, N>& names) {
  for (const char* name : names)
    if (path_exists(folder / name)) return folder / name;
  return {};
}

// The first name in the folder that ends so, or nothing.
std::string find_file(const fs::path& folder, std::initializer_list<std::string_view> suffixes) {
  std::string first;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (std::ranges::find(suffixes, entry->path().extension().string()) == suffixes.end()) continue;
    if (first.empty() || name < first) first = name;
  }
  return first;
}

// "diffusion_pytorch_model-00001-of-00002.safetensors" is one; the name of its index, or empty.
std::string index_of_shard(const std::string& name) {
  const size_t of = name.find("-of-"), number = name.rfind('-', of == std::string::npos ? of : of - 1);
  if (of == std::string::npos || of == 0 || number == std::string::npos) return "";
  return name.substr(0, number) + ".safetensors.index.json";
}

[[noreturn]] void fail_with_other_weights(const fs::path& folder, const std::string& other) {
  if (const std::string index = index_of_shard(other); !index.empty())
    fail(Fault::model_file, "{}: holds the shard {} but not {}, which names them all; fetch that too",
         folder.string(), one_line(other), one_line(index));
  if (other.find("non_ema") != std::string::npos)
    fail(Fault::model_file,
         "{}: holds {} alone, weights for training on; fetch the others, or, to paint with these, name them "
         "{}",
         folder.string(), one_line(other), kSingleFiles[0]);
  fail(Fault::model_file, "{}: holds {} but no weights under a name that is read; name the right ones {}",
       folder.string(), one_line(other), kSingleFiles[0]);
}

[[noreturn]] void fail_without_weights(const fs::path& folder) {
  if (!path_exists(folder))
    fail(Fault::model_file, "{}: this folder of the model is missing", folder.string());
  if (const std::string other = find_file(folder, {".safetensors"}); !other.empty())
    fail_with_other_weights(folder, other);
  if (const std::string pickle = find_file(folder, {".bin", ".pth", ".pt", ".ckpt"}); !pickle.empty())
    fail(Fault::model_file, "{}: holds the pickle {} but no safetensors; fetch the model's safetensors files",
         folder.string(), one_line(pickle));
  if (const std::string other = find_file(folder, {".gguf", ".h5", ".msgpack", ".onnx"}); !other.empty())
    fail(Fault::model_file,
         "{}: holds {}, a form of weights that is not read; fetch the model's safetensors files",
         folder.string(), one_line(other));
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
    if (shard.empty() || shard == "." || shard == ".." || fs::path(shard).filename() != shard ||
        shard.find('\0') != std::string::npos)
      map.reject(name, "the name of a file in the same folder");
    const SafetensorsFile*& file = shards[shard];
    if (file == nullptr) {
      if (files_.size() == kMostShards)
        fail(Fault::model_file, "{}: names more than {} shards", index.string(), kMostShards);
      if (!path_exists(folder_ / shard))
        fail(Fault::model_file, "{}: the shard {} is missing; fetch it too", index.string(), one_line(shard));
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
    fail(Fault::model_file, "{}: {}: no file holds this tensor", folder_.string(), one_line(name));
  return *it->second;
}

}  // namespace diorama
