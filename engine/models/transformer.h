// What a denoising network is to the rest of the program.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/json_config.h"
#include "nn/layers.h"
#include "nn/tensor_table.h"

namespace diorama::models {

// What a picture is asked to show. Rows are lanes.
struct ConditionInputs {
  HostTensor text;                  // [L, T, D] from the text encoder, or empty
  HostTensor text_mask;             // [L, T] 1 for tokens, 0 for padding
  std::vector<int32_t> classes;     // [L] for class-conditional networks
  std::vector<float> resolution;    // [L, 2] height and width in pixels (PixArt-alpha 1024)
  std::vector<float> aspect_ratio;  // [L] height / width
};

// What a network makes of it once per prompt.
struct Condition {
  std::vector<Tensor> keys_values;  // a block each: [L, T, 2 D]
  Tensor key_bias;                  // [L, T]
  Tensor embedding;                 // [L, D], added to the timestep's

  // The part that belongs to some of the lanes.
  Condition lanes(int64_t first, int64_t count) const;
};

class Transformer {
 public:
  struct Geometry {
    int in_channels;
    int out_channels;  // twice in_channels where the variance is learned
    int patch_size;
    int sample_size;  // latent cells per side it was trained at
    int num_blocks;
    int num_classes;       // 0: conditioned on text
    int text_channels;     // 0: conditioned on a class
    bool size_conditions;  // wants resolution and aspect_ratio
  };

  virtual ~Transformer() = default;
  virtual Geometry geometry() const = 0;
  virtual nn::TensorTable tensors() const = 0;
  virtual Condition condition(const nn::Scope& m, const ConditionInputs& inputs) const = 0;
  // latent [L, C, h, w], one timestep a lane -> [L, out_channels, h, w]
  virtual Tensor forward(const nn::Scope& m, const Tensor& latent, std::span<const float> timesteps,
                         const Condition& condition) const = 0;
};

// What the numbers of any family's configuration must be to one another; each is within its own range by now.
// The widest that was published has 4096 channels; the bound keeps what is counted within 64 bits.
template <typename FamilyConfig>
void check_sizes(const Config& json, const FamilyConfig& c) {
  constexpr int kMaxWidth = 65536;
  if (c.dim() % 4 != 0 || c.dim() > kMaxWidth)
    json.reject("num_attention_heads",
                fmt::format("heads * attention_head_dim to be a multiple of 4, at most {}", kMaxWidth));
  if (c.sample_size % c.patch_size != 0)
    json.reject("sample_size", fmt::format("a multiple of patch_size, which is {}", c.patch_size));
  if (c.out_channels != c.in_channels && c.out_channels != 2 * c.in_channels)
    json.reject("out_channels", fmt::format("as many as in_channels, {}, or twice that", c.in_channels));
}

constexpr int kMaxSampleSize = 1024;  // latent cells per side

}  // namespace diorama::models
