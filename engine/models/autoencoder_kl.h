// The convolutional autoencoder of latent diffusion (Rombach et al. 2021, arXiv 2112.10752), as diffusers'
// AutoencoderKL.
#pragma once

#include <memory>

#include "base/json_config.h"
#include "models/autoencoder.h"

namespace diorama::models {

std::unique_ptr<Autoencoder> make_autoencoder_kl(const Config& config);

}  // namespace diorama::models
