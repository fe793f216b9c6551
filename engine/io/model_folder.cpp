#include "io/model_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "io/byte_file.h"
#include "io/checkpoint.h"
#include "io/file_hash.h"
#include "io/tokenizer.h"

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

constexpr size_t kMostShown = 200;  // bytes of a class or a name of one

// A configuration, whose bytes count.
std::string read_small(const fs::path& file) {
  if (ByteFile(file).size() > Config::kMaxFileSize)
    fail(Fault::model_file, "{}: is larger than {} MiB; this is no configuration", file.string(),
         Config::kMaxFileSize >> 20);
  return read_text_file(file, Config::kMaxFileSize);
}

Config load_or_empty(const fs::path& file) {
  return path_exists(file) ? Config::load(file) : Config::parse("{}", file.string());
}

// What of a component is no configuration, and pictures depend on.
std::vector<fs::path> large_files_of(const ModelFolder& model, const std::string& component) {
  if (component == "scheduler") return {};
  if (component == "tokenizer") return {sentencepiece_file(model.component(component))};
  const Checkpoint weights = Checkpoint::open(model.component(component));
  std::vector<fs::path> files;
  for (const auto& part : weights.files()) files.push_back(part->path());
  return files;
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
  file.check_whole();
}

// How a folder of the wrong kind is told, with what to name in its place; or empty.
std::string_view what_else_it_is(const fs::path& folder) {
  std::error_code unknown;
  if (fs::is_directory(folder / "snapshots", unknown))
    return "; it is a hub's cache: name the folder below its snapshots/";
  if (path_exists(folder / "config.json"))
    return "; it is one part of a model: name the folder that holds it";
  for (fs::directory_iterator entry(folder, unknown), end; !unknown && entry != end; entry.increment(unknown))
    if (entry->path().extension() == ".safetensors")
      return "; weights in a single file are not read: fetch the model in the diffusers layout";
  return "";
}

}  // namespace

// Taken when they are asked for; copies of a folder share them.
struct ModelFolder::Hashes {
  std::mutex mutex;
  std::optional<uint64_t> small;
  std::vector<fs::path> large_files;  // known once `small` is
  std::optional<std::string> content, samples;
};

ModelFolder::ModelFolder(fs::path path, Config index, Config diorama)
    : path_(std::move(path)),
      index_(std::move(index)),
      diorama_(std::move(diorama)),
      hashes_(std::make_shared<Hashes>()) {}

ModelFolder ModelFolder::open(const fs::path& folder) {
  std::error_code missing;
  const fs::path path = fs::canonical(folder, missing);
  if (missing || !fs::is_directory(path))
    fail(Fault::model_file, "{}: is not a folder; name the folder that holds model_index.json",
         folder.string());
  ModelFolder model(path, load_or_empty(path / "model_index.json"), load_or_empty(path / "diorama.json"));
  if (model.index_.keys().empty() && model.components().empty())
    fail(Fault::model_file,
         "{}: is no model: it holds neither model_index.json nor a folder such as transformer/{}",
         folder.string(), what_else_it_is(path));
  return model;
}

std::string ModelFolder::title() const {
  return one_line(diorama_.get_or<std::string>("name", name()));
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
  if (!has(name) && name == "transformer" && has("unet"))
    fail(Fault::model_file, "{}: is a U-Net model, as Stable Diffusion is; Diorama paints with transformers",
         path_.string());
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
    if (settings.has(key)) return one_line(settings.get<std::string>(key), kMostShown);
  const auto architectures = settings.get_or<std::vector<std::string>>("architectures", {});
  if (!architectures.empty()) return one_line(architectures.front(), kMostShown);
  const auto library_and_class = index_.get<std::vector<std::string>>(component);
  if (library_and_class.size() != 2) index_.reject(component, "[library, class]");
  return one_line(library_and_class[1], kMostShown);
}

std::map<int, std::string> ModelFolder::class_names() const {
  std::map<int, std::string> names;
  if (!index_.has("id2label")) return names;
  const auto labels = index_.get<Config>("id2label");
  for (const std::string& key : labels.keys()) {
    int label = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), label);
    if (error == std::errc() && end == key.data() + key.size())
      names[label] = one_line(labels.get<std::string>(key), kMostShown);
  }
  return names;
}

uint64_t ModelFolder::hash_of_small() const {
  const std::scoped_lock lock(hashes_->mutex);
  if (hashes_->small) return *hashes_->small;
  std::string text;
  const auto add = [&](std::string_view part) { text += fmt::format("{} {}\n", part.size(), part); };
  hashes_->large_files.clear();
  for (const std::string& component : components()) {
    add(component);
    add(read_small(file(component, config_name(component))));
    for (const fs::path& path : large_files_of(*this, component)) {
      add(std::to_string(ByteFile(path).size()));
      hashes_->large_files.push_back(path);
    }
  }
  hashes_->small = xxh64(std::as_bytes(std::span(text)));
  return *hashes_->small;
}

// The first digits tell most other models apart from this one before any weights are read.
std::string ModelFolder::content_hash() const {
  const uint64_t small = hash_of_small();
  const std::scoped_lock lock(hashes_->mutex);
  if (hashes_->content) return *hashes_->content;
  std::vector<uint64_t> parts{small};
  for (const fs::path& path : hashes_->large_files) parts.push_back(file_hash(path));
  const uint64_t all = xxh64(std::as_bytes(std::span(parts)));
  hashes_->content = fmt::format("{:04x}{:012x}", small >> 48, all >> 16);
  return *hashes_->content;
}

HashMatch ModelFolder::match(std::string_view hash) const {
  if (hash.starts_with(fmt::format("{:04x}", hash_of_small() >> 48)) && hash == content_hash())
    return HashMatch::bytes;
  return hash == sampled_hash() ? HashMatch::samples : HashMatch::none;
}

std::string ModelFolder::sampled_hash() const {
  const std::scoped_lock lock(hashes_->mutex);
  if (hashes_->samples) return *hashes_->samples;
  Hash64 hash;
  for (const std::string& component : components()) {
    hash.add(component);
    hash.add(read_small(file(component, config_name(component))));
    if (component == "tokenizer") {
      hash.add(read_text_file(sentencepiece_file(path_ / component)));
    } else if (component != "scheduler") {
      const Checkpoint weights = Checkpoint::open(path_ / component);
      for (const auto& part : weights.files()) add_samples(hash, *part);
    }
  }
  hashes_->samples = fmt::format("{:016x}", hash.value());
  return *hashes_->samples;
}

}  // namespace diorama
