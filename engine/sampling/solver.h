// Solvers turn network outputs into less noise. They know no device and no model: host latents, and a
// function that evaluates the (guided) network.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/json_config.h"
#include "sampling/prediction.h"
#include "sampling/schedule.h"

namespace diorama {

// Where a run stands. A plain value: a copy is a point to go back to or branch from.
struct SolverState {
  int step = 0;   // steps taken
  HostTensor x;   // [B, C, h, w] the latent
  HostTensor x0;  // [B, C, h, w] the clean latent as last predicted, or empty. Multistep solvers build on it:
                  // empty it after changing x by hand.
};

// The network's output for x; [B, C, h, w], or [B, 2 C, h, w] where it has learned the variance.
using Evaluate = std::function<HostTensor(const HostTensor& x, double timestep)>;
// Unit normal noise of the latent's shape for an ancestral step.
using DrawNoise = std::function<HostTensor(int step)>;

// What the user asked for; the model's scheduler fills the rest.
struct SamplerOptions {
  std::string sampler;  // empty: the scheduler's own
  int steps = 20;
  std::optional<double> shift;  // flow-matching models
  std::optional<double> eta;    // ddim: 0 deterministic .. 1 as noisy as ddpm
};

// Immutable; one solver serves any number of runs.
class Solver {
 public:
  virtual ~Solver() = default;

  const Schedule& schedule() const { return schedule_; }
  int num_steps() const { return static_cast<int>(schedule_.size()); }
  Prediction prediction() const { return prediction_; }
  // How often a step evaluates the network.
  virtual int num_evaluations(int /*step*/) const { return 1; }

  // Takes the state's next step. Throws Fault::unusable_result where the latent is no longer finite.
  void advance(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const;

 protected:
  Solver(Prediction prediction, Schedule schedule)
      : prediction_(prediction), schedule_(std::move(schedule)) {}

  // Leaves the new latent in state.x, the prediction in state.x0.
  virtual void take_step(SolverState& state, const Evaluate& evaluate, const DrawNoise& draw_noise) const = 0;

  // Without the variance half.
  static HostTensor evaluate_mean(const Evaluate& evaluate, const HostTensor& x, double timestep);
  HostTensor predict_x0(const NoiseLevel& level, const HostTensor& x, const HostTensor& output) const {
    return diorama::predict_x0(prediction_, level, x, output);
  }

 private:
  Prediction prediction_;
  Schedule schedule_;
};

}  // namespace diorama
