// Which methods a run uses and how; kept in a model's diorama.json, in a file of its own, or in a picture.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "accelerate/method.h"

namespace diorama::accelerate {

struct Plan {
  std::string name;             // "balanced", "fast"; of a file: its name
  std::vector<MethodUse> uses;  // in the registry's order

  // {"name": .., "methods": [{"method": .., <settings>, "schedule": [..]}, ..]}. Throws Fault::model_file.
  static Plan read(const Config& json);
  nlohmann::ordered_json to_json() const;
};

}  // namespace diorama::accelerate
