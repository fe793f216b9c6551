#include "models/autoencoder_tiny.h"

#include <algorithm>
#include <string>

namespace diorama::models {
namespace {

using nn::Scope;

// The layers of the published nn.Sequential, one after the other; `layers.<index>` names the weights.
struct Layer {
  enum class Kind { conv, relu, block, upsample } kind;
  int in = 0;
  int out = 0;
  int stride = 1;
  bool bias = true;
};

class AutoencoderTiny final : public Autoencoder {
 public:
  explicit AutoencoderTiny(const Config& json);

  Geometry geometry() const override { return geometry_; }
  nn::TensorTable encoder_tensors() const override { return tensors("encoder.layers", encoder_); }
  nn::TensorTable decoder_tensors() const override { return tensors("decoder.layers", decoder_); }
  Tensor encode(const Scope& m, const Tensor& image) const override;
  Tensor decode(const Scope& m, const Tensor& latent) const override;

 private:
  static nn::TensorTable tensors(const std::string& path, const std::vector<Layer>& layers);
  static Tensor run(const Scope& m, const std::vector<Layer>& layers, Tensor x);

  Geometry geometry_;
  float latent_magnitude_;
  std::vector<Layer> encoder_;
  std::vector<Layer> decoder_;
};

// A number for each level.
std::vector<int> read_levels(const Config& json, const char* key, std::vector<int> fallback, int max) {
  if (!json.has(key)) return fallback;
  std::vector<int> levels = json.get_ints(key, 1, max);
  if (levels.empty() || levels.size() > kMaxLevels)
    json.reject(key, fmt::format("one to {} levels", kMaxLevels));
  return levels;
}

AutoencoderTiny::AutoencoderTiny(const Config& json)
    : latent_magnitude_(static_cast<float>(json.get_number_or("latent_magnitude", 3, 1e-3, 1e6))) {
  const int in_channels = json.get_int_or("in_channels", 3, 3, 3);
  const int out_channels = json.get_int_or("out_channels", 3, 3, 3);
  const int latent_channels = json.get_int_or("latent_channels", 4, 1, 1024);
  json.get_int_or("upsampling_scaling_factor", 2, 2, 2);
  json.get_word_or_first("act_fn", {"relu"});
  const auto down = read_levels(json, "encoder_block_out_channels", {64, 64, 64, 64}, kMaxLevelWidth);
  const auto down_blocks = read_levels(json, "num_encoder_blocks", {1, 3, 3, 3}, 64);
  const auto up = read_levels(json, "decoder_block_out_channels", {64, 64, 64, 64}, kMaxLevelWidth);
  const auto up_blocks = read_levels(json, "num_decoder_blocks", {3, 3, 3, 1}, 64);
  if (down.size() != down_blocks.size()) json.reject("num_encoder_blocks", "a number for each block width");
  if (up.size() != up_blocks.size() || up.size() != down.size())
    json.reject("num_decoder_blocks", "a number for each block width, as many as the encoder has");
  if (std::ranges::count(up, up.front()) != std::ssize(up))  // nothing leads from one width to another
    json.reject("decoder_block_out_channels", "the same width at every level");

  using Kind = Layer::Kind;
  for (size_t i = 0; i < down.size(); ++i) {
    if (i == 0)
      encoder_.push_back({Kind::conv, in_channels, down[0]});
    else
      encoder_.push_back({Kind::conv, down[i - 1], down[i], 2, false});
    encoder_.insert(encoder_.end(), static_cast<size_t>(down_blocks[i]), {Kind::block, down[i], down[i]});
  }
  encoder_.push_back({Kind::conv, down.back(), latent_channels});

  decoder_.push_back({Kind::conv, latent_channels, up[0]});
  decoder_.push_back({Kind::relu});
  for (size_t i = 0; i < up.size(); ++i) {
    const bool last = i + 1 == up.size();
    decoder_.insert(decoder_.end(), static_cast<size_t>(up_blocks[i]), {Kind::block, up[i], up[i]});
    if (!last) decoder_.push_back({Kind::upsample});
    decoder_.push_back({Kind::conv, up[i], last ? out_channels : up[i], 1, last});
  }

  geometry_.latent_channels = latent_channels;
  geometry_.downsampling = 1 << (down.size() - 1);
  geometry_.scaling_factor = json.get_number_or("scaling_factor", 1, 1e-6, 1e6);
  geometry_.shift_factor = json.get_number_or("shift_factor", 0, -1e6, 1e6);
  read_latent_statistics(json, geometry_);
}

nn::TensorTable AutoencoderTiny::tensors(const std::string& path, const std::vector<Layer>& layers) {
  nn::TensorTable table;
  for (size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    const std::string name = path + "." + std::to_string(i);
    if (layer.kind == Layer::Kind::conv) table.conv(name, layer.out, layer.in, 3, layer.bias);
    if (layer.kind != Layer::Kind::block) continue;
    for (const char* part : {".conv.0", ".conv.2", ".conv.4"})
      table.conv(name + part, layer.out, layer.in, 3);
  }
  return table;
}

// relu(conv(relu(conv(relu(conv(x))))) + x)
Tensor block(const Scope& m, const Tensor& x) {
  const Tensor h = nn::conv(m["conv"][0], x, {.activation = Activation::relu});
  const Tensor g = nn::conv(m["conv"][2], h, {.activation = Activation::relu});
  return nn::conv(m["conv"][4], g, {.activation = Activation::relu, .residual = x});
}

// ReLU and upsampling join the convolution before and after them.
Tensor AutoencoderTiny::run(const Scope& m, const std::vector<Layer>& layers, Tensor x) {
  for (size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    if (layer.kind == Layer::Kind::block) x = block(m[static_cast<int>(i)], x);
    if (layer.kind != Layer::Kind::conv) continue;
    const bool upsampled = i > 0 && layers[i - 1].kind == Layer::Kind::upsample;
    const bool then_relu = i + 1 < layers.size() && layers[i + 1].kind == Layer::Kind::relu;
    x = nn::conv(m[static_cast<int>(i)], x,
                 {.stride = layer.stride,
                  .upsample = upsampled ? 2 : 1,
                  .activation = then_relu ? Activation::relu : Activation::none});
  }
  return x;
}

Tensor AutoencoderTiny::encode(const Scope& m, const Tensor& image) const {
  const Tensor unit = nn::scale_offset(m.stream(), nn::channels_last(m.stream(), image), 0.5f, 0.5f);
  return nn::channels_first(m.stream(), run(m["encoder"]["layers"], encoder_, unit));
}

Tensor AutoencoderTiny::decode(const Scope& m, const Tensor& latent) const {
  const Tensor clamped = nn::soft_clamp(m.stream(), nn::channels_last(m.stream(), latent), latent_magnitude_);
  const Tensor unit = run(m["decoder"]["layers"], decoder_, clamped);
  return nn::channels_first(m.stream(), nn::scale_offset(m.stream(), unit, 2.0f, -1.0f));
}

}  // namespace

std::unique_ptr<Autoencoder> make_autoencoder_tiny(const Config& config) {
  return std::make_unique<AutoencoderTiny>(config);
}

}  // namespace diorama::models
