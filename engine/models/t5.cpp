#include "models/t5.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace diorama::models {

using nn::Scope;

T5Encoder::T5Encoder(const Config& json)
    : d_model_(json.get_int("d_model", 1, 65536)),
      d_kv_(json.get_int("d_kv", 1, 1024)),
      d_ff_(json.get_int("d_ff", 1, 1 << 20)),
      num_heads_(json.get_int("num_heads", 1, 1024)),
      num_layers_(json.get_int("num_layers", 1, 1024)),
      vocab_size_(json.get_int("vocab_size", 1, 1 << 24)),
      num_buckets_(json.get_int_or("relative_attention_num_buckets", 32, 4, 4096)),
      max_distance_(json.get_int_or("relative_attention_max_distance", 128, 2, 1 << 20)),
      eps_(static_cast<float>(json.get_number_or("layer_norm_epsilon", 1e-6, 1e-12, 1))) {
  constexpr int kMaxWidth = 65536;
  if (num_heads_ * d_kv_ > kMaxWidth)
    json.reject("num_heads", fmt::format("heads * d_kv to be at most {}", kMaxWidth));
  if (max_distance_ <= num_buckets_ / 4)  // the logarithm that buckets are made with would not be positive
    json.reject("relative_attention_max_distance",
                fmt::format("more than relative_attention_num_buckets / 4, which is {}", num_buckets_ / 4));
  if (json.get<std::string>("feed_forward_proj") != "gated-gelu")
    json.reject("feed_forward_proj", "\"gated-gelu\" (T5 v1.1)");
}

nn::TensorTable T5Encoder::tensors() const {
  const int inner = num_heads_ * d_kv_;
  nn::TensorTable table;
  table.tensor("shared.weight", {vocab_size_, d_model_}, nn::Role::table, "encoder.embed_tokens.weight");
  table.tensor("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
               {num_buckets_, num_heads_});
  for (int i = 0; i < num_layers_; ++i) {
    const std::string layer = "encoder.block." + std::to_string(i) + ".layer.";
    table.joined(layer + "0.SelfAttention", "qkv", {"q", "k", "v"}, inner, d_model_, nn::Role::linear, false);
    table.linear(layer + "0.SelfAttention.o", d_model_, inner, nn::Role::linear, false);
    table.norm(layer + "0.layer_norm", d_model_, false);
    table.joined(layer + "1.DenseReluDense", "wi", {"wi_0", "wi_1"}, d_ff_, d_model_, nn::Role::linear,
                 false);
    table.linear(layer + "1.DenseReluDense.wo", d_model_, d_ff_, nn::Role::linear, false);
    table.norm(layer + "1.layer_norm", d_model_, false);
  }
  table.norm("encoder.final_layer_norm", d_model_, false);
  return table;
}

Tensor T5Encoder::forward(const Scope& m, std::span<const int32_t> ids, const HostTensor& mask) const {
  Stream& stream = m.stream();
  const int64_t lanes = mask.shape[0];
  const int64_t length = mask.shape[1];
  for (const int32_t id : ids)
    if (id < 0 || id >= vocab_size_)
      fail(Fault::model_file,
           "[text encoder] token {} is outside its vocabulary of {}; tokenizer and text encoder do "
           "not belong together",
           id, vocab_size_);

  Tensor x = nn::gather_rows(stream, m["shared"].tensor("weight"), stream.upload({lanes * length}, ids))
                 .reshape({lanes, length, d_model_});
  const Tensor bias = position_bias(m, length);
  std::vector<float> masked(mask.values.size());
  std::transform(mask.values.begin(), mask.values.end(), masked.begin(),
                 [](float kept) { return (1.0f - kept) * std::numeric_limits<float>::lowest(); });
  const Tensor key_bias = stream.upload(mask.shape, masked);

  for (int i = 0; i < num_layers_; ++i) {
    const Scope layer = m["encoder"]["block"][i]["layer"];
    const auto norm = [&](int part, const Tensor& h) {
      return nn::rms_norm(stream, h, layer[part]["layer_norm"].tensor("weight"), eps_,
                          nn::input_form(layer[part][part == 0 ? "SelfAttention.qkv" : "DenseReluDense.wi"]));
    };
    x = nn::add_projection(attention(layer[0]["SelfAttention"], norm(0, x), bias, key_bias), x);
    x = nn::add_projection(feed_forward(layer[1]["DenseReluDense"], norm(1, x)), x);
  }
  return nn::rms_norm(stream, x, m["encoder"]["final_layer_norm"].tensor("weight"), eps_, DType::f32);
}

// softmax(q k^T + bias) v: no 1 / sqrt(d).
nn::Projection T5Encoder::attention(const Scope& m, const nn::Input& x, const Tensor& position_bias,
                                    const Tensor& key_bias) const {
  const int64_t inner = num_heads_ * d_kv_;
  const Tensor qkv = nn::linear(m["qkv"], x, {.output = nn::attention_type(m["qkv"])});
  const AttentionArgs args{.q = qkv.columns(0, inner),
                           .k = qkv.columns(inner, inner),
                           .v = qkv.columns(2 * inner, inner),
                           .num_heads = num_heads_,
                           .scale = 1.0f,
                           .key_bias = key_bias,
                           .position_bias = position_bias};
  return {m["o"], nn::attention_core(m, args, nn::input_form(m["o"]))};
}

nn::Projection T5Encoder::feed_forward(const Scope& m, const nn::Input& x) const {
  const Tensor wi = nn::linear(m["wi"], x);
  return {m["wo"], nn::gelu_tanh_multiply(m.stream(), wi.columns(0, d_ff_), wi.columns(d_ff_, d_ff_),
                                          nn::input_form(m["wo"]))};
}

std::vector<int32_t> T5Encoder::position_buckets(int64_t length) const {
  std::vector<int32_t> buckets;
  buckets.reserve(static_cast<size_t>(length * length));
  for (int64_t query = 0; query < length; ++query)
    for (int64_t key = 0; key < length; ++key)
      buckets.push_back(relative_position_bucket(key - query, num_buckets_, max_distance_));
  return buckets;
}

// [H, T, T], from the first block's table; every block shares it.
Tensor T5Encoder::position_bias(const Scope& m, int64_t length) const {
  const Tensor& table =
      m["encoder"]["block"][0]["layer"][0]["SelfAttention"]["relative_attention_bias"].tensor("weight");
  const bool planning = m.stream().planning();
  const Tensor ids =
      m.stream().upload({length * length}, planning ? std::vector<int32_t>() : position_buckets(length));
  const Tensor per_pair = nn::gather_rows(m.stream(), table, ids);  // [T * T, H]
  return nn::unpatchify(m.stream(), per_pair.reshape({1, length * length, num_heads_}), num_heads_, length,
                        length, 1)
      .reshape({num_heads_, length, length});
}

int relative_position_bucket(int64_t relative, int num_buckets, int max_distance) {
  const int half = num_buckets / 2;
  const int exact = half / 2;
  const int base = relative > 0 ? half : 0;
  const int64_t distance = std::abs(relative);
  if (distance < exact) return base + static_cast<int>(distance);
  const float ratio = std::log(static_cast<float>(distance) / static_cast<float>(exact)) /
                      std::log(static_cast<float>(max_distance) / static_cast<float>(exact));
  const auto logarithmic = static_cast<float>(half - exact);
  return base + exact + static_cast<int>(std::min(ratio * logarithmic, logarithmic - 1));
}

}  // namespace diorama::models
