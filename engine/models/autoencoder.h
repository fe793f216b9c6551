// What an autoencoder is to the rest of the program: pictures in [-1, 1] to latents and back.
#pragma once

#include <vector>

#include "base/json_config.h"
#include "nn/image_layers.h"
#include "nn/tensor_table.h"

namespace diorama::models {

class Autoencoder {
 public:
  struct Geometry {
    int latent_channels;
    int downsampling;           // pixels per latent cell and axis
    double scaling_factor = 1;  // the transformer's latent = (z - shift) * scaling
    double shift_factor = 0;
    std::vector<float> latents_mean;  // or, per channel, (z - mean) / std
    std::vector<float> latents_std;
  };

  virtual ~Autoencoder() = default;
  virtual Geometry geometry() const = 0;
  virtual nn::TensorTable encoder_tensors() const = 0;
  virtual nn::TensorTable decoder_tensors() const = 0;
  // [B, 3, H, W] -> what the class's own encoder gives: latents (tiny) or mean and log variance (KL)
  virtual Tensor encode(const nn::Scope& m, const Tensor& image) const = 0;
  // [B, C, h, w] -> [B, 3, H, W]
  virtual Tensor decode(const nn::Scope& m, const Tensor& latent) const = 0;
};

// Widest level that a configuration may ask for, and how many levels: pictures are then at most 128 times as
// large as their latents, and what is counted stays within 64 bits.
constexpr int kMaxLevelWidth = 4096;
constexpr size_t kMaxLevels = 8;

// latents_mean and latents_std, honoured for every class; geometry.latent_channels is set.
void read_latent_statistics(const Config& json, Autoencoder::Geometry& geometry);

}  // namespace diorama::models
