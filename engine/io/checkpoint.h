// The weights of one component folder (transformer/, vae/, ...): one safetensors file, or shards with an
// index.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/safetensors.h"

namespace diorama {

class Checkpoint {
 public:
  // Finds {diffusion_pytorch_model, model}[.fp32, .bf16, .fp16].safetensors or the index of its shards.
  // Fault::model_file where there is none, with what is there instead.
  static Checkpoint open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  std::vector<std::string> names() const;
  bool contains(std::string_view name) const;

  // The file that holds a tensor; a tensor that no file holds is an error.
  const SafetensorsFile& file_of(std::string_view name) const;
  const StoredTensor& tensor(std::string_view name) const { return file_of(name).tensor(name); }
  void read_rows_f32(std::string_view name, int64_t first_row, int64_t num_rows, float* out) const {
    file_of(name).read_rows_f32(name, first_row, num_rows, out);
  }
  HostTensor read_f32(std::string_view name) const { return file_of(name).read_f32(name); }
  void drop_pages(std::string_view name) const { file_of(name).drop_pages(name); }

  const std::vector<std::unique_ptr<SafetensorsFile>>& files() const { return files_; }

 private:
  explicit Checkpoint(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void read_single(const std::filesystem::path& file);
  void read_shards(const std::filesystem::path& index);

  std::filesystem::path folder_;
  std::vector<std::unique_ptr<SafetensorsFile>> files_;
  std::map<std::string, const SafetensorsFile*, std::less<>> tensors_;
};

}  // namespace diorama
