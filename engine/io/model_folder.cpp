#include "io/model_folder.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "io/checkpoint.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kComponents{"scheduler", "text_encoder", "tokenizer", "transformer",
                                                      "vae"};

std::string_view config_name(std::string_view component) {
  if (component == "scheduler") return "scheduler_config.json";
  if (component == "tokenizer") return "tokenizer_config.json";
  return "config.json";
}

Config load_or_empty(const fs::path& file) {
  return path_exists(file) ? Config::load(file) : Config::parse("{}", file.string());
}

// The beginning, middle and end of every tensor: whoever trains on changes all of them.
void add_samples(Hash64& hash, const SafetensorsFile& file) {
  constexpr size_t kSample = 64;  // bytes
  hash.add(file.bytes().first(file.header().byte_size));
  for (const auto& [name, tensor] : file.header().tensors) {
    const auto bytes = file.bytes().subspan(tensor.offset, tensor.size);
    const size_t length = std::min(kSample, bytes.size());
    for (const size_t begin : {size_t{0}, (bytes.size() - length) / 2, bytes.size() - length})
      hash.add(bytes.subspan(begin, length));
  }
}

}  // namespace

ModelFolder::ModelFolder(fs::path path, Config index, Config diorama)
    : path_(std::move(path)), index_(std::move(index)), diorama_(std::move(diorama)) {}

ModelFolder ModelFolder::open(const fs::path& folder) {
  std::error_code missing;
  const fs::path path = fs::canonical(folder, missing);
  if (missing || !fs::is_directory(path))
    fail(Fault::model_file, "{}: is not a folder; name the folder that holds model_index.json",
         folder.string());
  ModelFolder model(path, load_or_empty(path / "model_index.json"), load_or_empty(path / "diorama.json"));
  if (model.index_.keys().empty() && model.components().empty())
    fail(Fault::model_file,
         "{}: is no model: it holds neither model_index.json nor a folder such as transformer/",
         folder.string());
  return model;
}

std::string ModelFolder::title() const {
  return diorama_.get_or<std::string>("name", name());
}

std::vector<std::string> ModelFolder::components() const {
  std::vector<std::string> present;
  for (const std::string_view component : kComponents)
    if (has(component)) present.emplace_back(component);
  return present;
}

bool ModelFolder::has(std::string_view component) const {
  std::error_code unknown;
  return fs::is_directory(path_ / component, unknown);
}

fs::path ModelFolder::component(std::string_view name) const {
  if (!has(name))
    fail(Fault::model_file, "{}: the folder {}/ is missing; fetch it from where the model came from",
         path_.string(), name);
  return path_ / name;
}

fs::path ModelFolder::file(std::string_view component_name, std::string_view name) const {
  const fs::path path = component(component_name) / name;
  if (!path_exists(path))
    fail(Fault::model_file, "{}: is missing; fetch it from where the model came from", path.string());
  return path;
}

Config ModelFolder::config(std::string_view component) const {
  return Config::load(file(component, config_name(component)));
}

std::string ModelFolder::class_of(std::string_view component) const {
  const Config settings = config(component);
  for (const std::string_view key : {"_class_name", "tokenizer_class"})
    if (settings.has(key)) return settings.get<std::string>(key);
  const auto architectures = settings.get_or<std::vector<std::string>>("architectures", {});
  if (!architectures.empty()) return architectures.front();
  const auto library_and_class = index_.get<std::vector<std::string>>(component);
  if (library_and_class.size() != 2) index_.reject(component, "[library, class]");
  return library_and_class[1];
}

std::map<int, std::string> ModelFolder::class_names() const {
  std::map<int, std::string> names;
  if (!index_.has("id2label")) return names;
  const auto labels = index_.get<Config>("id2label");
  for (const std::string& key : labels.keys()) {
    int label = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), label);
    if (error == std::errc() && end == key.data() + key.size()) names[label] = labels.get<std::string>(key);
  }
  return names;
}

std::string ModelFolder::content_hash() const {
  Hash64 hash;
  for (const std::string& component : components()) {
    hash.add(component);
    hash.add(read_text_file(file(component, config_name(component))));
    if (component == "tokenizer") {
      hash.add(read_text_file(file(component, "spiece.model")));
    } else if (component != "scheduler") {
      const Checkpoint weights = Checkpoint::open(path_ / component);
      for (const auto& part : weights.files()) add_samples(hash, *part);
    }
  }
  return fmt::format("{:016x}", hash.value());
}

}  // namespace diorama
