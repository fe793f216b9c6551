// A published configuration with drawn weights, and what it paints: a guidance pair at its own size. For
// measuring time.
#pragma once

#include <memory>

#include "models/registry.h"
#include "nn/weights.h"

namespace diorama {

struct RandomModel {
  std::unique_ptr<models::Transformer> network;
  nn::Weights weights;
  models::ConditionInputs inputs;  // of both halves
  HostTensor latent;               // [2, C, h, w]

  RandomModel(Device& device, const Config& config, const nn::RoleFormats& formats);
};

// The configuration with another number of blocks.
Config with_blocks(const Config& config, int num_blocks);

}  // namespace diorama
