#include "sampling/schedule.h"

#include <cmath>

namespace diorama {
namespace {

int round_half_even(double value) {
  return static_cast<int>(std::nearbyint(value));
}

}  // namespace

NoiseLevel diffusion_level(double alpha_cumprod) {
  return {std::sqrt(alpha_cumprod), std::sqrt(1 - alpha_cumprod)};
}

NoiseLevel flow_level(double sigma) {
  return {1 - sigma, sigma};
}

double lambda(const NoiseLevel& level) {
  return std::log(level.alpha / level.sigma);
}

void append_step(Schedule& schedule, double timestep, const NoiseLevel& level, const NoiseLevel& end) {
  if (!schedule.empty()) schedule.back().to = level;
  schedule.push_back({timestep, level, end});
}

double shifted(double sigma, double shift) {
  return shift * sigma / (1 + (shift - 1) * sigma);
}

std::vector<int> spaced_timesteps(Spacing spacing, int steps, int trained) {
  const std::vector<double> even = linspace(0, trained - 1, steps);
  const double stride = static_cast<double>(trained) / steps;
  std::vector<int> timesteps;
  for (int i = 0; i < steps; ++i) {
    const int ascending = steps - 1 - i;
    switch (spacing) {
      case Spacing::linspace:
        timesteps.push_back(round_half_even(even[ascending]));
        break;
      case Spacing::leading:
        timesteps.push_back(ascending * (trained / steps));
        break;
      case Spacing::trailing:
        timesteps.push_back(round_half_even(trained - i * stride) - 1);
        break;
    }
  }
  return timesteps;
}

std::vector<double> linspace(double start, double stop, int n) {
  std::vector<double> numbers(static_cast<size_t>(n), start);
  for (int i = 1; i < n; ++i) numbers[i] = i * ((stop - start) / (n - 1)) + start;
  if (n > 1) numbers.back() = stop;
  return numbers;
}

}  // namespace diorama
