#include "quant/smoothing.h"

#include <algorithm>
#include <cmath>

namespace diorama::quant {

std::vector<float> multiplier(std::span<const float> x_max, std::span<const float> w_max, float alpha) {
  constexpr float kLeast = 1e-4f;  // DiTAS' floor: a channel that is never used asks for nothing
  std::vector<float> m(x_max.size());
  double logarithms = 0;
  for (size_t i = 0; i < m.size(); ++i) {
    m[i] = std::pow(std::max(w_max[i], kLeast), 1 - alpha) / std::pow(std::max(x_max[i], kLeast), alpha);
    logarithms += std::log(static_cast<double>(m[i]));
  }
  const auto mean = static_cast<float>(std::exp(logarithms / static_cast<double>(m.size())));
  for (float& factor : m) factor = std::clamp(factor / mean, 1e-3f, 1e3f);
  return m;
}

}  // namespace diorama::quant
