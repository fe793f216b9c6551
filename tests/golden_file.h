// Golden results under tests/golden: a minimal safetensors reader of its own, so that the product's reader is
// not judged by itself.
#pragma once

#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensor/host_tensor.h"

namespace diorama::test {

class GoldenFile {
 public:
  explicit GoldenFile(const std::string& name)
      : GoldenFile(std::string(DIORAMA_SOURCE_DIR) + "/tests/golden/", name + ".safetensors") {}
  // Any safetensors file of F32, F64, I32 or I64.
  GoldenFile(const std::string& folder, const std::string& file) {
    std::ifstream in(folder + file, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    if (bytes_.size() < 8) throw std::runtime_error("cannot read " + folder + file);
    uint64_t header_size = 0;
    std::memcpy(&header_size, bytes_.data(), 8);
    data_ = 8 + header_size;
    header_ = nlohmann::json::parse(bytes_.data() + 8, bytes_.data() + data_);
  }

  const nlohmann::json& metadata() const { return header_.at("__metadata__"); }
  // What was run: class, config, inputs and so on.
  nlohmann::json description(const std::string& case_name) const {
    return nlohmann::json::parse(metadata().at("case." + case_name).get<std::string>());
  }
  // Names of the cases, in the order of the alphabet.
  std::vector<std::string> cases() const {
    std::vector<std::string> names;
    for (const auto& item : metadata().items())
      if (item.key().starts_with("case.")) names.push_back(item.key().substr(5));
    return names;
  }

  bool has(const std::string& name) const { return header_.contains(name); }
  // What is stored of a case: "output", "block.0" and so on.
  std::vector<std::string> tensors_of(const std::string& case_name) const {
    std::vector<std::string> names;
    for (const auto& item : header_.items())
      if (item.key().starts_with(case_name + "/")) names.push_back(item.key().substr(case_name.size() + 1));
    return names;
  }
  // As fp32, whatever the file holds.
  HostTensor tensor(const std::string& name) const {
    const nlohmann::json& entry = header_.at(name);
    HostTensor result{Shape(entry.at("shape").get<std::vector<int64_t>>())};
    const char* from = bytes_.data() + data_ + entry.at("data_offsets").at(0).get<size_t>();
    const auto type = entry.at("dtype").get<std::string>();
    if (type == "F32")
      read<float>(from, result.values);
    else if (type == "F64")
      read<double>(from, result.values);
    else if (type == "I32")
      read<int32_t>(from, result.values);
    else if (type == "I64")
      read<int64_t>(from, result.values);
    else
      throw std::runtime_error("golden tensor of type " + type);
    return result;
  }

 private:
  template <typename T>
  static void read(const char* from, std::vector<float>& out) {
    for (float& value : out) {
      T item;
      std::memcpy(&item, from, sizeof(T));
      value = static_cast<float>(item);
      from += sizeof(T);
    }
  }

  std::vector<char> bytes_;
  nlohmann::json header_;
  size_t data_ = 0;
};

}  // namespace diorama::test
