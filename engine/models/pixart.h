// PixArt-alpha and -sigma (Chen et al. 2023, arXiv 2310.00426; 2024, arXiv 2403.04692), with the names and
// the behaviour of diffusers' PixArtTransformer2DModel.
#pragma once

#include <memory>

#include "base/json_config.h"
#include "models/transformer.h"

namespace diorama::models {

std::unique_ptr<Transformer> make_pixart(const Config& config);

}  // namespace diorama::models
