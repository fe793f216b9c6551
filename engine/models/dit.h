// DiT (Peebles and Xie 2022, arXiv 2212.09748), with the names and the behaviour of diffusers'
// DiTTransformer2DModel. It departs from the original repository in two numbers: sinusoid frequencies over
// 127, and norm_eps of the feed-forward's norm 1e-5 where the config does not say.
#pragma once

#include <memory>

#include "base/json_config.h"
#include "models/transformer.h"

namespace diorama::models {

std::unique_ptr<Transformer> make_dit(const Config& config);

}  // namespace diorama::models
