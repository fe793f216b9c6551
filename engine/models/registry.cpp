#include "models/registry.h"

#include <array>

#include "models/autoencoder_kl.h"
#include "models/autoencoder_tiny.h"
#include "models/dit.h"
#include "models/pixart.h"

namespace diorama::models {
namespace {

template <typename T>
struct Family {
  const char* class_name;
  std::unique_ptr<T> (*make)(const Config& config);
};

constexpr std::array kTransformers{
    Family<Transformer>{"PixArtTransformer2DModel", make_pixart},
    Family<Transformer>{"DiTTransformer2DModel", make_dit},
};

constexpr std::array kAutoencoders{
    Family<Autoencoder>{"AutoencoderKL", make_autoencoder_kl},
    Family<Autoencoder>{"AutoencoderTiny", make_autoencoder_tiny},
};

constexpr const char* kTextEncoder = "T5EncoderModel";

template <typename Families>
auto make_from(const Families& families, const std::string& class_name, const Config& config) {
  std::string known;
  for (const auto& family : families) {
    if (class_name == family.class_name) return family.make(config);
    known += (known.empty() ? "" : " or ") + std::string(family.class_name);
  }
  config.reject("_class_name", known);
}

// Early diffusers files say Transformer2DModel for both families; the kind of norm tells them apart.
std::string transformer_class(const Config& config) {
  const auto name = config.get<std::string>("_class_name");
  if (name != "Transformer2DModel") return name;
  const auto norm = config.get<std::string>("norm_type");
  if (norm == "ada_norm_single") return "PixArtTransformer2DModel";
  if (norm == "ada_norm_zero") return "DiTTransformer2DModel";
  config.reject("norm_type", "\"ada_norm_single\" (PixArt) or \"ada_norm_zero\" (DiT)");
}

}  // namespace

std::unique_ptr<Transformer> make_transformer(const Config& config) {
  return make_from(kTransformers, transformer_class(config), config);
}

std::unique_ptr<Autoencoder> make_autoencoder(const Config& config) {
  return make_from(kAutoencoders, config.get<std::string>("_class_name"), config);
}

std::unique_ptr<T5Encoder> make_text_encoder(const Config& config) {
  const auto architectures = config.get_or<std::vector<std::string>>("architectures", {kTextEncoder});
  if (architectures != std::vector<std::string>{kTextEncoder})
    config.reject("architectures", "[\"T5EncoderModel\"]");
  return std::make_unique<T5Encoder>(config);
}

std::vector<std::string> known_classes() {
  std::vector<std::string> names;
  for (const auto& family : kTransformers) names.emplace_back(family.class_name);
  for (const auto& family : kAutoencoders) names.emplace_back(family.class_name);
  names.emplace_back(kTextEncoder);
  return names;
}

}  // namespace diorama::models
