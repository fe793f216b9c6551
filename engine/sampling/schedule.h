// The noise levels a run walks through. Every run starts at unit normal noise.
#pragma once

#include <vector>

namespace diorama {

// x = alpha * x0 + sigma * noise
struct NoiseLevel {
  double alpha = 1;
  double sigma = 0;
};
// Of a diffusion model: alpha^2 + sigma^2 = 1.
NoiseLevel diffusion_level(double alpha_cumprod);
// Of a flow model: alpha + sigma = 1.
NoiseLevel flow_level(double sigma);
// ln(alpha / sigma), infinite without noise.
double lambda(const NoiseLevel& level);

struct ScheduleStep {
  double timestep = 0;  // what the network is told
  NoiseLevel from, to;
};
using Schedule = std::vector<ScheduleStep>;
// A further step from `level`, where the one before now ends, to `end`.
void append_step(Schedule& schedule, double timestep, const NoiseLevel& level, const NoiseLevel& end = {});

// shift * sigma / (1 + (shift - 1) * sigma): more steps at high noise for shift > 1 (Esser et al. 2024).
double shifted(double sigma, double shift);

// Which of the trained timesteps a run visits (Lin et al. 2023, table 2).
enum class Spacing { linspace, leading, trailing };
// Descending, in [0, trained).
std::vector<int> spaced_timesteps(Spacing spacing, int steps, int trained);

// n numbers from start to stop, both included.
std::vector<double> linspace(double start, double stop, int n);

}  // namespace diorama
