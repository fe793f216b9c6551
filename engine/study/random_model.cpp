#include "study/random_model.h"

#include <nlohmann/json.hpp>

#include "study/random_source.h"

namespace diorama {

RandomModel::RandomModel(Device& device, const Config& config, const nn::RoleFormats& formats)
    : network(models::make_transformer(config)),
      weights(nn::Weights::load(network->tensors(), RandomSource(), device, formats)) {
  const auto geometry = network->geometry();
  latent = random_tensor({2, geometry.in_channels, geometry.sample_size, geometry.sample_size}, 4, 1.7f);
  if (geometry.num_classes > 0) {
    inputs.classes = {1, geometry.num_classes};
  } else {
    inputs.text = random_tensor({2, 120, geometry.text_channels}, 5, 1);
    inputs.text_mask = HostTensor({2, 120}, std::vector<float>(240, 1.0f));
  }
}

Config with_blocks(const Config& config, int num_blocks) {
  nlohmann::json json = config.json();
  json["num_layers"] = num_blocks;
  return Config::parse(json.dump(), config.where());
}

}  // namespace diorama
