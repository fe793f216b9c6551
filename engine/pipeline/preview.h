// Cheap pictures of latents: a matrix from diorama.json instead of the autoencoder.
#pragma once

#include <optional>
#include <vector>

#include "base/json_config.h"
#include "io/image.h"
#include "tensor/host_tensor.h"

namespace diorama {

struct PreviewMatrix {
  int channels = 0;
  std::vector<float> matrix;  // [channels][3]
  std::vector<float> bias;    // [3]
};

// `preview_rgb` of diorama.json, if it is there and fits the latent.
std::optional<PreviewMatrix> read_preview_matrix(const Config& diorama_json, int latent_channels);

// Normalised latent [1, C, h, w] -> h x w picture.
Image preview(const PreviewMatrix& matrix, const HostTensor& latent);

// [1, 3, H, W] in [-1, 1] -> rounded to 8 bits, as diffusers does.
Image to_image(const HostTensor& rgb);

}  // namespace diorama
