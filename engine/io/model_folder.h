// A model: a folder in the diffusers layout. Untrusted: errors are Fault::model_file and say what is missing.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_config.h"

namespace diorama {

class ModelFolder {
 public:
  // Only reads model_index.json and diorama.json; both may be absent.
  static ModelFolder open(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return path_; }
  std::string name() const { return path_.filename().string(); }  // as find_model takes it
  std::string title() const;                          // for people: that of diorama.json, else name()
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

  // 16 hexadecimal digits over what pictures depend on: configurations, the tokenizer, the headers and
  // samples of the weights. Stable over machines; the folder's place, its name and diorama.json do not count.
  std::string content_hash() const;

 private:
  ModelFolder(std::filesystem::path path, Config index, Config diorama);

  std::filesystem::path path_;
  Config index_;
  Config diorama_;
};

}  // namespace diorama
