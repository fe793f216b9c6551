// What a model is made of and what it costs, read off its configs and the walk on shapes alone: no weights
// are opened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/model_folder.h"
#include "tensor/device.h"

namespace diorama {

struct PartCost {
  std::string_view precision;
  size_t weight_bytes = 0;
  size_t work_bytes = 0;  // temporaries of one evaluation
};

struct PartInfo {
  std::string part;  // "transformer", "text_encoder", "vae_decoder", "vae_encoder"
  std::string class_name;
  std::string evaluation;  // what one is: "2 x [4, 32, 32] with 120 text tokens"
  int64_t num_parameters = 0;
  uint64_t multiply_adds = 0;   // of one evaluation
  std::vector<PartCost> costs;  // by precision
};

// At the size the model was trained for, guided (two lanes). Parts whose folder is missing are left out.
std::vector<PartInfo> describe_parts(const ModelFolder& folder, Device& device);

}  // namespace diorama
