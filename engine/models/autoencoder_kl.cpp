#include "models/autoencoder_kl.h"

#include <cmath>
#include <string>

#include "nn/layers.h"

namespace diorama::models {
namespace {

using nn::Scope;

class AutoencoderKL final : public Autoencoder {
 public:
  explicit AutoencoderKL(const Config& json);

  Geometry geometry() const override { return geometry_; }
  nn::TensorTable encoder_tensors() const override;
  nn::TensorTable decoder_tensors() const override;
  Tensor encode(const Scope& m, const Tensor& image) const override;
  Tensor decode(const Scope& m, const Tensor& latent) const override;

 private:
  int num_levels() const { return static_cast<int>(widths_.size()); }
  // Width of the decoder's i-th level, deepest first.
  int up_width(int i) const { return widths_[static_cast<size_t>(num_levels() - 1 - i)]; }

  void describe_resnet(nn::TensorTable& table, const std::string& path, int in, int out) const;
  void describe_middle(nn::TensorTable& table, const std::string& path) const;
  Tensor resnet(const Scope& m, const Tensor& x, int out) const;
  Tensor attention(const Scope& m, const Tensor& x) const;
  Tensor middle(const Scope& m, Tensor x) const;

  Geometry geometry_;
  std::vector<int> widths_;
  int layers_per_block_;
  int groups_;
  bool middle_attention_;
  bool quant_conv_;
  bool post_quant_conv_;
};

AutoencoderKL::AutoencoderKL(const Config& json)
    : widths_(json.has("block_out_channels") ? json.get_ints("block_out_channels", 1, kMaxLevelWidth)
                                             : std::vector<int>{64}),
      layers_per_block_(json.get_int_or("layers_per_block", 1, 1, 64)),
      groups_(json.get_int_or("norm_num_groups", 32, 1, 4096)),
      middle_attention_(json.get_or<bool>("mid_block_add_attention", true)),
      quant_conv_(json.get_or<bool>("use_quant_conv", true)),
      post_quant_conv_(json.get_or<bool>("use_post_quant_conv", true)) {
  json.get_int_or("in_channels", 3, 3, 3);
  json.get_int_or("out_channels", 3, 3, 3);
  json.get_word_or_first("act_fn", {"silu", "swish"});
  if (widths_.empty() || widths_.size() > kMaxLevels)
    json.reject("block_out_channels", fmt::format("one to {} widths", kMaxLevels));
  for (const int width : widths_)
    if (width % groups_ != 0) json.reject("block_out_channels", "multiples of norm_num_groups");
  geometry_.latent_channels = json.get_int_or("latent_channels", 4, 1, 1024);
  geometry_.downsampling = 1 << (num_levels() - 1);
  geometry_.scaling_factor = json.get_number_or("scaling_factor", 0.18215, 1e-6, 1e6);
  geometry_.shift_factor = json.get_number_or("shift_factor", 0, -1e6, 1e6);
  read_latent_statistics(json, geometry_);
}

void AutoencoderKL::describe_resnet(nn::TensorTable& table, const std::string& path, int in, int out) const {
  table.norm(path + ".norm1", in);
  table.conv(path + ".conv1", out, in, 3);
  table.norm(path + ".norm2", out);
  table.conv(path + ".conv2", out, out, 3);
  if (in != out) table.conv(path + ".conv_shortcut", out, in, 1);
}

void AutoencoderKL::describe_middle(nn::TensorTable& table, const std::string& path) const {
  const int width = widths_.back();
  describe_resnet(table, path + ".resnets.0", width, width);
  if (middle_attention_) {
    const std::string attention = path + ".attentions.0";
    table.norm(attention + ".group_norm", width);
    for (const auto& [name, older] : {std::pair{"to_q", "query"}, {"to_k", "key"}, {"to_v", "value"}}) {
      table.linear(attention + "." + name, width, width);
      table.also_known_as(attention + "." + older);
    }
    table.linear(attention + ".to_out.0", width, width);
    table.also_known_as(attention + ".proj_attn");
  }
  describe_resnet(table, path + ".resnets.1", width, width);
}

nn::TensorTable AutoencoderKL::encoder_tensors() const {
  nn::TensorTable table;
  table.conv("encoder.conv_in", widths_.front(), 3, 3);
  int width = widths_.front();
  for (int level = 0; level < num_levels(); ++level) {
    const std::string path = "encoder.down_blocks." + std::to_string(level);
    const int out = widths_[static_cast<size_t>(level)];
    for (int i = 0; i < layers_per_block_; ++i) {
      describe_resnet(table, path + ".resnets." + std::to_string(i), width, out);
      width = out;
    }
    if (level + 1 < num_levels()) table.conv(path + ".downsamplers.0.conv", out, out, 3);
  }
  describe_middle(table, "encoder.mid_block");
  table.norm("encoder.conv_norm_out", width);
  table.conv("encoder.conv_out", 2 * geometry_.latent_channels, width, 3);
  if (quant_conv_) table.conv("quant_conv", 2 * geometry_.latent_channels, 2 * geometry_.latent_channels, 1);
  return table;
}

nn::TensorTable AutoencoderKL::decoder_tensors() const {
  nn::TensorTable table;
  if (post_quant_conv_)
    table.conv("post_quant_conv", geometry_.latent_channels, geometry_.latent_channels, 1);
  int width = widths_.back();
  table.conv("decoder.conv_in", width, geometry_.latent_channels, 3);
  describe_middle(table, "decoder.mid_block");
  for (int level = 0; level < num_levels(); ++level) {
    const std::string path = "decoder.up_blocks." + std::to_string(level);
    const int out = up_width(level);
    for (int i = 0; i <= layers_per_block_; ++i) {
      describe_resnet(table, path + ".resnets." + std::to_string(i), width, out);
      width = out;
    }
    if (level + 1 < num_levels()) table.conv(path + ".upsamplers.0.conv", out, out, 3);
  }
  table.norm("decoder.conv_norm_out", width);
  table.conv("decoder.conv_out", 3, width, 3);
  return table;
}

Tensor AutoencoderKL::resnet(const Scope& m, const Tensor& x, int out) const {
  Tensor h = nn::group_norm(m["norm1"], x, groups_, Activation::silu);
  h = nn::conv(m["conv1"], h);
  h = nn::group_norm(m["norm2"], h, groups_, Activation::silu);
  const Tensor shortcut = x.dim(3) == out ? x : nn::conv(m["conv_shortcut"], x);
  return nn::conv(m["conv2"], h, {.residual = shortcut});
}

// One head over all pixels.
Tensor AutoencoderKL::attention(const Scope& m, const Tensor& x) const {
  const Shape tokens{x.dim(0), x.dim(1) * x.dim(2), x.dim(3)};
  const Tensor h = nn::group_norm(m["group_norm"], x, groups_, Activation::none).reshape(tokens);
  const DType type = nn::attention_type(m["to_q"]);
  const nn::Input input(h);
  const AttentionArgs args{.q = nn::linear(m["to_q"], input, {.output = type}),
                           .k = nn::linear(m["to_k"], input, {.output = type}),
                           .v = nn::linear(m["to_v"], input, {.output = type}),
                           .num_heads = 1,
                           .scale = 1.0f / std::sqrt(static_cast<float>(x.dim(3)))};
  const Scope out = m["to_out"][0];
  return nn::add_projection({out, nn::attention_core(m, args, nn::input_form(out))}, x.reshape(tokens))
      .reshape(x.shape());
}

Tensor AutoencoderKL::middle(const Scope& m, Tensor x) const {
  x = resnet(m["resnets"][0], x, widths_.back());
  if (middle_attention_) x = attention(m["attentions"][0], x);
  return resnet(m["resnets"][1], x, widths_.back());
}

Tensor AutoencoderKL::encode(const Scope& m, const Tensor& image) const {
  const Scope e = m["encoder"];
  Tensor x = nn::conv(e["conv_in"], nn::channels_last(m.stream(), image));
  for (int level = 0; level < num_levels(); ++level) {
    const Scope down = e["down_blocks"][level];
    for (int i = 0; i < layers_per_block_; ++i)
      x = resnet(down["resnets"][i], x, widths_[static_cast<size_t>(level)]);
    if (level + 1 < num_levels())
      x = nn::conv(down["downsamplers"][0]["conv"], x, {.stride = 2, .pad_end_only = true});
  }
  x = middle(e["mid_block"], x);
  x = nn::group_norm(e["conv_norm_out"], x, groups_, Activation::silu);
  x = nn::conv(e["conv_out"], x);
  if (quant_conv_) x = nn::conv(m["quant_conv"], x);
  return nn::channels_first(m.stream(), x);
}

Tensor AutoencoderKL::decode(const Scope& m, const Tensor& latent) const {
  const Scope d = m["decoder"];
  Tensor x = nn::channels_last(m.stream(), latent);
  if (post_quant_conv_) x = nn::conv(m["post_quant_conv"], x);
  x = middle(d["mid_block"], nn::conv(d["conv_in"], x));
  for (int level = 0; level < num_levels(); ++level) {
    const Scope up = d["up_blocks"][level];
    for (int i = 0; i <= layers_per_block_; ++i) x = resnet(up["resnets"][i], x, up_width(level));
    if (level + 1 < num_levels()) x = nn::conv(up["upsamplers"][0]["conv"], x, {.upsample = 2});
  }
  x = nn::group_norm(d["conv_norm_out"], x, groups_, Activation::silu);
  return nn::channels_first(m.stream(), nn::conv(d["conv_out"], x));
}

}  // namespace

std::unique_ptr<Autoencoder> make_autoencoder_kl(const Config& config) {
  return std::make_unique<AutoencoderKL>(config);
}

}  // namespace diorama::models
