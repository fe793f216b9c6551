// A model: a folder in the diffusers layout. Untrusted: errors are Fault::model_file and say what is missing.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_config.h"

namespace diorama {

// What a hash that a picture or a plan was given says of a model.
enum class HashMatch {
  none,     // it is another model's
  samples,  // it is of the kind that was taken before, and the samples of the weights are the same
  bytes,    // every byte is the same
};

// Names, titles and classes are what strangers wrote: they come as one line that can be shown.
class ModelFolder {
 public:
  // Only reads model_index.json and diorama.json; both may be absent.
  static ModelFolder open(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return path_; }
  std::string name() const { return path_.filename().string(); }  // as find_model takes it, whatever it holds
  std::string title() const;                          // for people: that of diorama.json, else the name
  const Config& index() const { return index_; }      // model_index.json, or empty
  const Config& diorama() const { return diorama_; }  // diorama.json, or empty

  // Sub-folders: "scheduler", "text_encoder", "tokenizer", "transformer", "vae".
  std::vector<std::string> components() const;
  bool has(std::string_view component) const;
  std::filesystem::path component(std::string_view name) const;
  std::filesystem::path file(std::string_view component, std::string_view name) const;
  Config config(std::string_view component) const;
  // "PixArtTransformer2DModel": by the component's own configuration, else by the index.
  std::string class_of(std::string_view component) const;

  // By label: id2label of model_index.json, such as {207: "golden retriever"}; empty where there is none.
  std::map<int, std::string> class_names() const;

  // 16 hexadecimal digits over all bytes that pictures depend on: configurations, the tokenizer, the weights.
  // The same on every machine; the folder's place, its name and diorama.json do not count. Taken once: what
  // is changed in the folder later is another ModelFolder's.
  std::string content_hash() const;
  // Reads the weights only where what is small says that this may be the model.
  HashMatch match(std::string_view hash) const;
  // What content_hash was before it read all bytes: over the headers and samples of the weights.
  std::string sampled_hash() const;

 private:
  struct Hashes;

  ModelFolder(std::filesystem::path path, Config index, Config diorama);
  // Of configurations and the sizes of the other files.
  uint64_t hash_of_small() const;

  std::filesystem::path path_;
  Config index_;
  Config diorama_;
  std::shared_ptr<Hashes> hashes_;
};

}  // namespace diorama
