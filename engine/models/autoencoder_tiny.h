// TAESD's distilled autoencoder (madebyollin/taesd), as diffusers' AutoencoderTiny.
#pragma once

#include <memory>

#include "base/json_config.h"
#include "models/autoencoder.h"

namespace diorama::models {

std::unique_ptr<Autoencoder> make_autoencoder_tiny(const Config& config);

}  // namespace diorama::models
