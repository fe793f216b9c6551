// What a picture is asked for, what happens on the way, what comes out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/image.h"
#include "io/recipe.h"
#include "nn/walk.h"
#include "tensor/host_tensor.h"

namespace diorama {

// What is left unset takes the model's recommendation, else the family's.
struct RenderRequest {
  std::string prompt;
  std::string negative_prompt;
  std::optional<int> class_label;  // class-conditional models
  std::optional<int> width;        // pixels
  std::optional<int> height;
  std::optional<int> steps;
  std::optional<double> cfg_scale;
  double guidance_begin = 0;  // guidance acts in this share of the run
  double guidance_end = 1;
  std::string sampler;  // empty: the model's own
  std::optional<double> shift;
  std::optional<double> eta;
  uint64_t seed = 0;
};

enum class Stage { load, encode, denoise, decode, save };
const char* name_of(Stage stage);

struct StepReport {
  int step = 0;  // 1 .. steps
  int steps = 0;
  double milliseconds = 0;
  nn::SiteCounts sites;
  int64_t tokens_kept = 0;
  int64_t tokens_total = 0;
  uint64_t executed_macs = 0;
  uint64_t full_macs = 0;
  const HostTensor* x0 = nullptr;  // [1, C, h, w] the solver's current prediction, normalised
};

// Called on the engine's thread.
struct RenderObserver {
  std::function<void(Stage)> on_stage = [](Stage) {};
  std::function<void(const StepReport&)> on_step = [](const StepReport&) {};
  std::function<void(const std::string&)> on_warning = [](const std::string&) {};
};

struct RenderResult {
  Image image;
  HostTensor latent;  // [1, C, h, w] normalised
  Recipe recipe;
  uint64_t executed_macs = 0;
  uint64_t full_macs = 0;
};

}  // namespace diorama
