// The samplers there are.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "sampling/solver.h"

namespace diorama {

enum class FreshNoise { none, with_eta, always };

struct Sampler {
  std::string_view name;             // --sampler
  std::string_view scheduler_class;  // _class_name in scheduler_config.json
  bool for_diffusion;                // models that predict the noise, x0 or v
  bool for_flow;
  FreshNoise fresh_noise;
  std::unique_ptr<Solver> (*create)(const Config& scheduler, const SamplerOptions& options);
};
std::span<const Sampler> samplers();

// The one asked for, else (no name) the scheduler's own. Fault::usage where it does not exist or does not fit
// the model, Fault::model_file where the scheduler's class is unknown.
const Sampler& choose_sampler(const Config& scheduler, std::string_view name);

std::unique_ptr<Solver> make_solver(const Config& scheduler, const SamplerOptions& options);

}  // namespace diorama
