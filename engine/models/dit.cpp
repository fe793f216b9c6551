#include "models/dit.h"

#include <string>

namespace diorama::models {
namespace {

using nn::Scope;

struct DiTConfig {
  int num_layers;
  int num_heads;
  int head_dim;
  int in_channels;
  int out_channels;
  int patch_size;
  int sample_size;
  int num_classes;
  double norm_eps;  // of the feed-forward's norm
  bool attention_bias;

  int dim() const { return num_heads * head_dim; }
};

constexpr float kNormEps = 1e-6f;                                    // attention's norm and the final one
constexpr int kSinusoidShift = 1;                                    // frequencies over 127
constexpr const char* kEmbedder = "transformer_blocks.0.norm1.emb";  // the same in every block: one is kept

DiTConfig read_config(const Config& json) {
  DiTConfig c{};
  c.num_layers = json.get_int_or("num_layers", 28, 1, 1024);
  c.num_heads = json.get_int_or("num_attention_heads", 16, 1, 1024);
  c.head_dim = json.get_int_or("attention_head_dim", 72, 4, 1024);
  c.in_channels = json.get_int_or("in_channels", 4, 1, 1024);
  c.out_channels = json.get_int_or("out_channels", c.in_channels, 1, 2048);
  c.patch_size = json.get_int_or("patch_size", 2, 1, 64);
  c.sample_size = json.get_int_or("sample_size", 32, 1, kMaxSampleSize);
  c.num_classes = json.get_int_or("num_embeds_ada_norm", 1000, 1, 1 << 20);
  c.norm_eps = json.get_number_or("norm_eps", 1e-5, 1e-12, 1);
  c.attention_bias = json.get_or<bool>("attention_bias", true);
  json.get_word_or_first("norm_type", {"ada_norm_zero"});
  json.get_word_or_first("activation_fn", {"gelu-approximate"});
  check_sizes(json, c);
  return c;
}

class DiT final : public Transformer {
 public:
  explicit DiT(const DiTConfig& config) : c_(config) {}

  Geometry geometry() const override {
    return {.in_channels = c_.in_channels,
            .out_channels = c_.out_channels,
            .patch_size = c_.patch_size,
            .sample_size = c_.sample_size,
            .num_blocks = c_.num_layers,
            .num_classes = c_.num_classes,
            .text_channels = 0,
            .size_conditions = false};
  }

  nn::TensorTable tensors() const override;
  Condition condition(const Scope& m, const ConditionInputs& inputs) const override;
  Tensor forward(const Scope& m, const Tensor& latent, std::span<const float> timesteps,
                 const Condition& condition) const override;

 private:
  Tensor block(const Scope& m, const Tensor& x, const Tensor& silu_c) const;

  DiTConfig c_;
};

nn::TensorTable DiT::tensors() const {
  const int dim = c_.dim();
  nn::TensorTable table;
  table.patch_embedding("pos_embed.proj", dim, c_.in_channels, c_.patch_size);
  nn::describe_mlp_embedding(table, std::string(kEmbedder) + ".timestep_embedder", dim, 256);
  table.tensor(std::string(kEmbedder) + ".class_embedder.embedding_table.weight", {c_.num_classes + 1, dim});
  for (int i = 0; i < c_.num_layers; ++i) {
    const std::string path = "transformer_blocks." + std::to_string(i);
    table.linear(path + ".norm1.linear", 6 * dim, dim, nn::Role::modulation);
    nn::describe_self_attention(table, path + ".attn1", dim, c_.attention_bias);
    nn::describe_feed_forward(table, path + ".ff", dim, 4 * dim);
  }
  table.linear("proj_out_1", 2 * dim, dim, nn::Role::modulation);
  table.linear("proj_out_2", c_.patch_size * c_.patch_size * c_.out_channels, dim, nn::Role::final);
  return table;
}

Condition DiT::condition(const Scope& m, const ConditionInputs& inputs) const {
  for (const int32_t label : inputs.classes)
    if (label < 0 || label > c_.num_classes)
      fail(Fault::usage, "[class] {} does not exist; choose 0 to {}, or {} for none", label,
           c_.num_classes - 1, c_.num_classes);
  const auto lanes = static_cast<int64_t>(inputs.classes.size());
  const Tensor& classes = m[kEmbedder]["class_embedder"].tensor("embedding_table.weight");
  return {.keys_values = {},
          .key_bias = {},
          .embedding = nn::gather_rows(m.stream(), classes, m.stream().upload({lanes}, inputs.classes))};
}

Tensor DiT::forward(const Scope& m, const Tensor& latent, std::span<const float> timesteps,
                    const Condition& condition) const {
  Stream& stream = m.stream();
  const int64_t height = latent.dim(2) / c_.patch_size;
  const int64_t width = latent.dim(3) / c_.patch_size;

  const double base = c_.sample_size / c_.patch_size;
  Tensor x = nn::linear(m["pos_embed"]["proj"], nn::patchify(stream, latent, c_.patch_size));
  x = nn::add(stream, x, nn::sincos_positions(m.walk(), c_.dim(), height, width, base, 1.0));

  const Tensor sinusoid = nn::timestep_sinusoid(stream, timesteps, kSinusoidShift);
  const Tensor t = nn::mlp_embedding(m[kEmbedder]["timestep_embedder"], sinusoid, Activation::silu);
  const Tensor silu_c = nn::activate(stream, nn::add(stream, t, condition.embedding), Activation::silu);

  for (int i = 0; i < c_.num_layers; ++i) {
    const Scope b = m["transformer_blocks"][i];
    x = nn::block(b, i, x, [&](const Tensor& h) { return block(b, h, silu_c); });
  }

  const auto [shift, scale] = nn::chunk<2>(nn::linear(m["proj_out_1"], silu_c));
  x = nn::norm_modulate(m, x, {kNormEps, shift, scale}, nn::input_form(m["proj_out_2"]));
  return nn::unpatchify(stream, nn::linear(m["proj_out_2"], x), c_.out_channels, height, width,
                        c_.patch_size);
}

Tensor DiT::block(const Scope& m, const Tensor& x, const Tensor& silu_c) const {
  const auto [shift_msa, scale_msa, gate_msa, shift_mlp, scale_mlp, gate_mlp] =
      nn::chunk<6>(nn::linear(m["norm1"]["linear"], silu_c));

  const Tensor h = nn::branch(m["attn1"], x, nn::Modulation{kNormEps, shift_msa, scale_msa}, gate_msa,
                              [&](const nn::Input& query, const nn::Input& keys) {
                                return nn::self_attention(m["attn1"], c_.num_heads, query, keys);
                              });
  return nn::branch(
      m["ff"], h, nn::Modulation{static_cast<float>(c_.norm_eps), shift_mlp, scale_mlp}, gate_mlp,
      [&](const nn::Input& query, const nn::Input&) { return nn::feed_forward(m["ff"], query); });
}

}  // namespace

std::unique_ptr<Transformer> make_dit(const Config& config) {
  return std::make_unique<DiT>(read_config(config));
}

}  // namespace diorama::models
