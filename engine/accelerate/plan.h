// Which methods a run uses and how; kept in a model's diorama.json, in a file of its own, or in a picture.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "accelerate/method.h"

namespace diorama::accelerate {

// What a plan was tuned for, and what it reached there on pictures it was not tuned on.
struct Tuning {
  std::string model_hash;
  int width = 0, height = 0;  // pixels
  int steps = 0;
  std::string sampler;
  double cfg_scale = 1;
  std::string precision, device;
  double speed = 0;  // of the denoiser, exact runs being 1
  double psnr = 0, psnr_tenth = 0, ssim = 0;
};

struct Plan {
  std::string name;             // "balanced", "fast", or "custom"
  std::vector<MethodUse> uses;  // in the registry's order
  std::optional<Tuning> tuned;

  // The methods put into their order.
  static Plan of(std::vector<MethodUse> uses);
  // {"name": .., "methods": [{"method": .., <settings>, "schedule": [..]}, ..], "tuned": {..}}. Throws
  // Fault::model_file.
  static Plan read(const Config& json);
  nlohmann::ordered_json to_json() const;
};

}  // namespace diorama::accelerate
