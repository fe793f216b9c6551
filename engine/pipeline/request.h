// What a picture is asked for, what happens on the way, what comes out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accelerate/plan.h"
#include "io/image.h"
#include "io/recipe.h"
#include "nn/walk.h"
#include "sampling/solver.h"
#include "tensor/host_tensor.h"

namespace diorama {

// A run that goes on from a step of another. With another seed the x0 prediction is noised again, to the
// level of that step; else the latent is kept. Shortcuts start afresh: the run is as long as what is left of
// it.
struct Branch {
  Recipe parent;
  int step = 0;                      // of the parent, 1 .. steps - 1: how many are kept
  std::optional<SolverState> state;  // where the parent stood then; none: its steps are taken again
};

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
  std::optional<accelerate::Plan> acceleration;    // none: off
  std::optional<accelerate::Decisions> decisions;  // of a run with this plan, to be repeated
  std::optional<Branch> branch;
};

enum class Stage { load, encode, denoise, decode, save };
const char* name_of(Stage stage);

struct StepReport {
  int step = 0;  // 1 .. steps
  int steps = 0;
  double milliseconds = 0;
  nn::SiteCounts sites;
  int64_t tokens_kept = 0;  // recomputed in the block that recomputed fewest
  int64_t tokens_total = 0;
  std::vector<float> blocks;         // of the network: the share of its multiply-adds that was executed
  std::vector<uint8_t> kept_tokens;  // 1: recomputed, row by row of the latent's patches; empty: all were
  uint64_t executed_macs = 0;
  uint64_t full_macs = 0;
  const HostTensor* x0 = nullptr;      // [1, C, h, w] the solver's current prediction, normalised
  const SolverState* state = nullptr;  // where the run stands: to be copied, and branched from
};

// What a run will take, before it begins; where work is skipped by what is measured, at most.
struct RunForecast {
  uint64_t macs = 0;
  uint64_t full_macs = 0;
  size_t cache_bytes = 0;
};

// Called on the engine's thread.
struct RenderObserver {
  std::function<void(Stage)> on_stage = [](Stage) {};
  // With acceleration only.
  std::function<void(const RunForecast&)> on_forecast = [](const RunForecast&) {};
  std::function<void(const StepReport&)> on_step = [](const StepReport&) {};
  // Of a branch's parent, where its steps are taken again before those of the branch.
  std::function<void(const StepReport&)> on_parent_step = [](const StepReport&) {};
  std::function<void(const std::string&)> on_warning = [](const std::string&) {};
};

struct RenderResult {
  Image image;
  HostTensor latent;  // [1, C, h, w] normalised
  Recipe recipe;
  double denoise_seconds = 0;
  uint64_t executed_macs = 0;
  uint64_t full_macs = 0;
};

}  // namespace diorama
