// scheduler_config.json of the diffusers layout, key by key, with the defaults of the published classes.
#pragma once

#include <optional>
#include <vector>

#include "base/json_config.h"
#include "sampling/prediction.h"
#include "sampling/schedule.h"

namespace diorama {

// Rejects every published variant of a schedule that would silently change the picture if it were ignored.
void reject_unsupported(const Config& scheduler);

bool is_flow(const Config& scheduler);
Prediction read_prediction(const Config& scheduler);
// The number of timesteps the model was trained with.
int read_train_timesteps(const Config& scheduler);

// Flow models; `wanted` wins.
double read_shift(const Config& scheduler, std::optional<double> wanted);

// Diffusion models: the product of 1 - beta up to each trained timestep.
std::vector<double> read_alphas_cumprod(const Config& scheduler);
Spacing read_spacing(const Config& scheduler, Spacing fallback);
std::vector<int> read_timesteps(const Config& scheduler, Spacing spacing, int steps);
// The range +- x0 is kept within, if it is.
std::optional<double> read_clip(const Config& scheduler);

}  // namespace diorama
