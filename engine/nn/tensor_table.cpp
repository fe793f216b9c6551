#include "nn/tensor_table.h"

namespace diorama::nn {

const char* name_of(Role role) {
  constexpr const char* kNames[] = {"linear", "modulation", "embedding", "final", "conv", "norm", "table"};
  return kNames[static_cast<size_t>(role)];
}

int64_t Entry::n() const {
  int64_t rows = 0;
  for (const TensorSpec& weight : weights) rows += weight.shape[0];
  return rows;
}

int64_t Entry::k() const {
  return weights.front().shape.num_elements() / weights.front().shape[0];
}

void TensorTable::linear(const std::string& path, int64_t out, int64_t in, Role role, bool bias) {
  Entry entry{path, Entry::Kind::matrix, role, {{path + ".weight", {out, in}}}, {}};
  if (bias) entry.biases.push_back({path + ".bias", {out}});
  entries_.push_back(std::move(entry));
}

void TensorTable::also_known_as(const std::string& older_path) {
  Entry& entry = entries_.back();
  for (TensorSpec& weight : entry.weights) weight.older_name = older_path + ".weight";
  for (TensorSpec& bias : entry.biases) bias.older_name = older_path + ".bias";
}

void TensorTable::joined(const std::string& path, const std::string& name,
                         const std::vector<std::string>& parts, int64_t out_each, int64_t in, Role role,
                         bool bias) {
  Entry entry{path + "." + name, Entry::Kind::matrix, role, {}, {}};
  for (const std::string& part : parts) {
    entry.weights.push_back({path + "." + part + ".weight", {out_each, in}});
    if (bias) entry.biases.push_back({path + "." + part + ".bias", {out_each}});
  }
  entries_.push_back(std::move(entry));
}

void TensorTable::conv(const std::string& path, int64_t out, int64_t in, int kernel, bool bias) {
  Entry entry{
      path, Entry::Kind::convolution, Role::conv, {{path + ".weight", {out, in, kernel, kernel}}}, {}};
  if (bias) entry.biases.push_back({path + ".bias", {out}});
  entries_.push_back(std::move(entry));
}

void TensorTable::patch_embedding(const std::string& path, int64_t out, int64_t in, int patch) {
  entries_.push_back({path,
                      Entry::Kind::matrix,
                      Role::embedding,
                      {{path + ".weight", {out, in, patch, patch}}},
                      {{path + ".bias", {out}}}});
}

void TensorTable::norm(const std::string& path, int64_t channels, bool bias) {
  tensor(path + ".weight", {channels}, Role::norm);
  if (bias) tensor(path + ".bias", {channels}, Role::norm);
}

void TensorTable::tensor(const std::string& name, const Shape& shape, Role role,
                         const std::string& older_name) {
  entries_.push_back({name, Entry::Kind::tensor, role, {{name, shape, older_name}}, {}});
}

int64_t TensorTable::num_parameters() const {
  int64_t count = 0;
  for (const Entry& entry : entries_) {
    for (const TensorSpec& weight : entry.weights) count += weight.shape.num_elements();
    for (const TensorSpec& bias : entry.biases) count += bias.shape.num_elements();
  }
  return count;
}

}  // namespace diorama::nn
