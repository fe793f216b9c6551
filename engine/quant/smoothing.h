// Activation smoothing: a channel in which inputs are large is made smaller, its column of the matrix larger.
#pragma once

#include <span>
#include <vector>

namespace diorama::quant {

// What inputs are multiplied with: w_max^(1 - alpha) / x_max^alpha per channel, x_max over all timesteps and
// tokens (DiTAS, arXiv 2409.07756), around a geometric mean of 1.
std::vector<float> multiplier(std::span<const float> x_max, std::span<const float> w_max, float alpha);

}  // namespace diorama::quant
