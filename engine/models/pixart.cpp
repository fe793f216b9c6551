#include "models/pixart.h"

#include <algorithm>
#include <string>

namespace diorama::models {
namespace {

using nn::Scope;

struct PixArtConfig {
  int num_layers;
  int num_heads;
  int head_dim;
  int in_channels;
  int out_channels;
  int patch_size;
  int sample_size;
  int caption_channels;
  int cross_attention_dim;
  double interpolation_scale;
  double norm_eps;
  bool attention_bias;
  bool use_additional_conditions;

  int dim() const { return num_heads * head_dim; }
};

PixArtConfig read_config(const Config& json) {
  PixArtConfig c{};
  c.num_layers = json.get_int_or("num_layers", 28, 1, 1024);
  c.num_heads = json.get_int_or("num_attention_heads", 16, 1, 1024);
  c.head_dim = json.get_int_or("attention_head_dim", 72, 4, 1024);
  c.in_channels = json.get_int_or("in_channels", 4, 1, 1024);
  c.out_channels = json.get_int_or("out_channels", 8, 1, 2048);
  c.patch_size = json.get_int_or("patch_size", 2, 1, 64);
  c.sample_size = json.get_int_or("sample_size", 128, 1, kMaxSampleSize);
  c.caption_channels = json.get_int_or("caption_channels", 4096, 1, 65536);
  c.cross_attention_dim = json.get_int_or("cross_attention_dim", 1152, 1, 65536);
  c.interpolation_scale =
      json.get_number_or("interpolation_scale", std::max(c.sample_size / 64, 1), 1e-3, 1e3);
  c.norm_eps = json.get_number_or("norm_eps", 1e-6, 1e-12, 1);
  c.attention_bias = json.get_or<bool>("attention_bias", true);
  c.use_additional_conditions = json.get_or<bool>("use_additional_conditions", c.sample_size == 128);
  json.get_word_or_first("norm_type", {"ada_norm_single"});
  json.get_word_or_first("activation_fn", {"gelu-approximate"});
  check_sizes(json, c);
  if (c.cross_attention_dim != c.dim()) json.reject("cross_attention_dim", "the width of the transformer");
  if (c.use_additional_conditions && c.dim() % 3 != 0)
    json.reject("use_additional_conditions", "a width that is a multiple of 3");
  return c;
}

class PixArt final : public Transformer {
 public:
  explicit PixArt(const PixArtConfig& config) : c_(config) {}

  Geometry geometry() const override {
    return {.in_channels = c_.in_channels,
            .out_channels = c_.out_channels,
            .patch_size = c_.patch_size,
            .sample_size = c_.sample_size,
            .num_blocks = c_.num_layers,
            .num_classes = 0,
            .text_channels = c_.caption_channels,
            .size_conditions = c_.use_additional_conditions};
  }

  nn::TensorTable tensors() const override;
  Condition condition(const Scope& m, const ConditionInputs& inputs) const override;
  Tensor forward(const Scope& m, const Tensor& latent, std::span<const float> timesteps,
                 const Condition& condition) const override;

 private:
  Tensor size_embedding(const Scope& m, const ConditionInputs& inputs) const;
  Tensor block(const Scope& m, const Tensor& x, const Tensor& t0, const Tensor& keys_values,
               const Tensor& key_bias) const;

  PixArtConfig c_;
};

nn::TensorTable PixArt::tensors() const {
  const int dim = c_.dim();
  nn::TensorTable table;
  table.patch_embedding("pos_embed.proj", dim, c_.in_channels, c_.patch_size);
  nn::describe_mlp_embedding(table, "adaln_single.emb.timestep_embedder", dim, 256);
  if (c_.use_additional_conditions) {
    nn::describe_mlp_embedding(table, "adaln_single.emb.resolution_embedder", dim / 3, 256);
    nn::describe_mlp_embedding(table, "adaln_single.emb.aspect_ratio_embedder", dim / 3, 256);
  }
  table.linear("adaln_single.linear", 6 * dim, dim, nn::Role::modulation);
  nn::describe_mlp_embedding(table, "caption_projection", dim, c_.caption_channels);
  for (int i = 0; i < c_.num_layers; ++i) {
    const std::string path = "transformer_blocks." + std::to_string(i);
    table.tensor(path + ".scale_shift_table", {6, dim});
    nn::describe_self_attention(table, path + ".attn1", dim, c_.attention_bias);
    nn::describe_cross_attention(table, path + ".attn2", dim, c_.cross_attention_dim, c_.attention_bias);
    nn::describe_feed_forward(table, path + ".ff", dim, 4 * dim);
  }
  table.tensor("scale_shift_table", {2, dim});
  table.linear("proj_out", c_.patch_size * c_.patch_size * c_.out_channels, dim, nn::Role::final);
  return table;
}

Condition PixArt::condition(const Scope& m, const ConditionInputs& inputs) const {
  Stream& stream = m.stream();
  const Tensor text = stream.upload(inputs.text.shape, inputs.text.values);
  const Tensor y = nn::mlp_embedding(m["caption_projection"], text, Activation::gelu_tanh);
  Condition condition;
  for (int i = 0; i < c_.num_layers; ++i)
    condition.keys_values.push_back(nn::text_keys_values(m["transformer_blocks"][i]["attn2"], y));
  std::vector<float> bias(inputs.text_mask.values.size());
  std::transform(inputs.text_mask.values.begin(), inputs.text_mask.values.end(), bias.begin(),
                 [](float mask) { return (1.0f - mask) * -10000.0f; });
  condition.key_bias = stream.upload(inputs.text_mask.shape, bias);
  if (c_.use_additional_conditions) condition.embedding = size_embedding(m["adaln_single"]["emb"], inputs);
  return condition;
}

// [height, width, aspect ratio], a third of the width each.
Tensor PixArt::size_embedding(const Scope& m, const ConditionInputs& inputs) const {
  Stream& stream = m.stream();
  const auto lanes = static_cast<int64_t>(inputs.aspect_ratio.size());
  const int third = c_.dim() / 3;
  const Tensor sizes = nn::mlp_embedding(
      m["resolution_embedder"], nn::timestep_sinusoid(stream, inputs.resolution, 0), Activation::silu);
  const Tensor ratio = nn::mlp_embedding(
      m["aspect_ratio_embedder"], nn::timestep_sinusoid(stream, inputs.aspect_ratio, 0), Activation::silu);
  return nn::concat_columns(stream, sizes.reshape({lanes, 2 * third}), ratio, third);
}

Tensor PixArt::forward(const Scope& m, const Tensor& latent, std::span<const float> timesteps,
                       const Condition& condition) const {
  Stream& stream = m.stream();
  const int64_t height = latent.dim(2) / c_.patch_size;
  const int64_t width = latent.dim(3) / c_.patch_size;

  const double base = c_.sample_size / c_.patch_size;
  Tensor x = nn::linear(m["pos_embed"]["proj"], nn::patchify(stream, latent, c_.patch_size));
  x = nn::add(stream, x,
              nn::sincos_positions(m.walk(), c_.dim(), height, width, base, c_.interpolation_scale));

  const Scope embedder = m["adaln_single"]["emb"]["timestep_embedder"];
  Tensor t = nn::mlp_embedding(embedder, nn::timestep_sinusoid(stream, timesteps, 0), Activation::silu);
  if (condition.embedding) t = nn::add(stream, t, condition.embedding);  // sizes of PixArt-alpha 1024
  const Tensor t0 = nn::linear(m["adaln_single"]["linear"], nn::activate(stream, t, Activation::silu));

  for (int i = 0; i < c_.num_layers; ++i) {
    const Scope b = m["transformer_blocks"][i];
    x = nn::block(b, i, x, [&](const Tensor& h) {
      return block(b, h, t0, condition.keys_values[static_cast<size_t>(i)], condition.key_bias);
    });
  }

  // The final layer adds its table to t itself, without SiLU.
  const Tensor& table = m.tensor("scale_shift_table");
  const Tensor shift = nn::add(stream, t, table.slice(0, 1));
  const Tensor scale = nn::add(stream, t, table.slice(1, 1));
  x = nn::norm_modulate(m, x, {1e-6f, shift, scale}, nn::input_form(m["proj_out"]));
  return nn::unpatchify(stream, nn::linear(m["proj_out"], x), c_.out_channels, height, width, c_.patch_size);
}

Tensor PixArt::block(const Scope& m, const Tensor& x, const Tensor& t0, const Tensor& keys_values,
                     const Tensor& key_bias) const {
  const Tensor table = m.tensor("scale_shift_table").reshape({1, 6 * c_.dim()});
  const auto [shift_msa, scale_msa, gate_msa, shift_mlp, scale_mlp, gate_mlp] =
      nn::chunk<6>(nn::add(m.stream(), t0, table));
  const auto eps = static_cast<float>(c_.norm_eps);

  Tensor h = nn::branch(m["attn1"], x, nn::Modulation{eps, shift_msa, scale_msa}, gate_msa,
                        [&](const nn::Input& query, const nn::Input& keys) {
                          return nn::self_attention(m["attn1"], c_.num_heads, query, keys);
                        });
  h = nn::branch(m["attn2"], h, std::nullopt, {}, [&](const nn::Input& query, const nn::Input&) {
    return nn::cross_attention(m["attn2"], c_.num_heads, query, keys_values, key_bias);
  });
  return nn::branch(
      m["ff"], h, nn::Modulation{eps, shift_mlp, scale_mlp}, gate_mlp,
      [&](const nn::Input& query, const nn::Input&) { return nn::feed_forward(m["ff"], query); });
}

}  // namespace

std::unique_ptr<Transformer> make_pixart(const Config& config) {
  return std::make_unique<PixArt>(read_config(config));
}

}  // namespace diorama::models
