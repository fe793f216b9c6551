// The encoder of T5 v1.1 (Raffel et al. 2019, arXiv 1910.10683; gated GELU), as transformers' T5EncoderModel.
#pragma once

#include "base/json_config.h"
#include "nn/layers.h"

namespace diorama::models {

class T5Encoder {
 public:
  explicit T5Encoder(const Config& config);

  int d_model() const { return d_model_; }
  int vocab_size() const { return vocab_size_; }
  nn::TensorTable tensors() const;
  // ids and mask [B, T] (mask 1 for tokens) -> [B, T, d_model]
  Tensor forward(const nn::Scope& m, std::span<const int32_t> ids, const HostTensor& mask) const;

 private:
  // [T, T], of every key seen from every query.
  std::vector<int32_t> position_buckets(int64_t length) const;
  Tensor position_bias(const nn::Scope& m, int64_t length) const;
  nn::Projection attention(const nn::Scope& m, const nn::Input& x, const Tensor& position_bias,
                           const Tensor& key_bias) const;
  nn::Projection feed_forward(const nn::Scope& m, const nn::Input& x) const;

  int d_model_;
  int d_kv_;
  int d_ff_;
  int num_heads_;
  int num_layers_;
  int vocab_size_;
  int num_buckets_;
  int max_distance_;
  float eps_;
};

// Which bias a key at `relative` = key - query gets: exact below a quarter of the buckets, then logarithmic.
// max_distance is more than that quarter.
int relative_position_bucket(int64_t relative, int num_buckets, int max_distance);

}  // namespace diorama::models
