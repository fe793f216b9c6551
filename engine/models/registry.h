// Every network family that Diorama runs, by the `_class_name` of its config.json.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json_config.h"
#include "models/autoencoder.h"
#include "models/t5.h"
#include "models/transformer.h"

namespace diorama::models {

// Each throws Fault::model_file with the known classes where the config's class is another.
std::unique_ptr<Transformer> make_transformer(const Config& config);
std::unique_ptr<Autoencoder> make_autoencoder(const Config& config);
std::unique_ptr<T5Encoder> make_text_encoder(const Config& config);

// Class names, for messages and `models info`.
std::vector<std::string> known_classes();

}  // namespace diorama::models
