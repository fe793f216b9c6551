#include "study/published_configs.h"

#include <array>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"

namespace diorama {
namespace {

// DiT: Peebles and Xie 2022, table 1; PixArt: Chen et al. 2023 and 2024.
struct Published {
  const char* name;
  const char* family;  // dit or pixart
  int layers, heads, head_dim, sample_size, patch;
  double interpolation_scale;
};

constexpr std::array kPublished{
    Published{"dit-s-2-256", "dit", 12, 6, 64, 32, 2, 1},
    Published{"dit-b-2-256", "dit", 12, 12, 64, 32, 2, 1},
    Published{"dit-l-2-256", "dit", 24, 16, 64, 32, 2, 1},
    Published{"dit-xl-2-256", "dit", 28, 16, 72, 32, 2, 1},
    Published{"dit-xl-2-512", "dit", 28, 16, 72, 64, 2, 1},
    Published{"pixart-xl-2-256", "pixart", 28, 16, 72, 32, 2, 1},
    Published{"pixart-xl-2-512", "pixart", 28, 16, 72, 64, 2, 1},
    Published{"pixart-sigma-xl-2-1024", "pixart", 28, 16, 72, 128, 2, 2},
};

std::string json_of(const Published& p) {
  if (std::string_view(p.family) == "dit")
    return fmt::format(
        R"({{"_class_name": "DiTTransformer2DModel", "num_layers": {}, "num_attention_heads": {},
      "attention_head_dim": {}, "in_channels": 4, "out_channels": 8, "patch_size": {}, "sample_size": {},
      "num_embeds_ada_norm": 1000, "norm_type": "ada_norm_zero", "activation_fn": "gelu-approximate"}})",
        p.layers, p.heads, p.head_dim, p.patch, p.sample_size);
  return fmt::format(
      R"({{"_class_name": "PixArtTransformer2DModel", "num_layers": {}, "num_attention_heads": {},
    "attention_head_dim": {}, "in_channels": 4, "out_channels": 8, "patch_size": {}, "sample_size": {},
    "caption_channels": 4096, "cross_attention_dim": {}, "interpolation_scale": {}, "norm_type": "ada_norm_single",
    "use_additional_conditions": false, "activation_fn": "gelu-approximate"}})",
      p.layers, p.heads, p.head_dim, p.patch, p.sample_size, p.heads * p.head_dim, p.interpolation_scale);
}

}  // namespace

Config published_config(std::string_view name) {
  std::vector<std::string> known;
  std::string list;
  for (const Published& published : kPublished) {
    if (published.name == name) return Config::parse(json_of(published), std::string(name));
    list += (list.empty() ? "" : ", ") + std::string(published.name);
    known.emplace_back(published.name);
  }
  fail(Fault::usage, "[bench] configuration '{}' is not known; choose one of {}{}", name, list,
       did_you_mean(name, known));
}

}  // namespace diorama
