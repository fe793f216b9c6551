// One run of a solver: noise to latent, on one device, for one condition.
#pragma once

#include <map>
#include <vector>

#include "accelerate/run.h"
#include "models/transformer.h"
#include "pipeline/component.h"
#include "pipeline/request.h"
#include "sampling/guidance.h"
#include "sampling/solver.h"

namespace diorama {

// The halves that some step of the run evaluates, in batch order: the run's lanes. A branch begins at
// `first_step`.
std::vector<Half> halves_of_run(const Guidance& guidance, int num_steps, int first_step = 0);
// Every evaluation of the network, with its lanes.
std::vector<nn::Evaluation> evaluations_of_run(const Solver& solver, const Guidance& guidance,
                                               int first_step = 0);

// The run as methods see it; `latent` [1, C, h, w].
accelerate::RunShape run_shape(const Solver& solver, const Guidance& guidance,
                               const models::Transformer::Geometry& geometry, const Shape& latent,
                               int first_step = 0);

class Denoiser {
 public:
  struct Parts {
    Device& device;
    const models::Transformer& transformer;
    const nn::Weights& weights;
    const Solver& solver;
    const Guidance& guidance;
    accelerate::Run& acceleration;
    std::vector<nn::Accelerator*> watchers = {};  // outside of all methods
    int first_step = 0;
  };

  // Plans the run, as long as the shape that the acceleration was given, for `latent` [1, C, h, w], takes the
  // memory, makes the condition.
  Denoiser(Parts parts, const models::ConditionInputs& inputs, const Shape& latent);

  RunForecast forecast();
  // `seed` draws the noise of ancestral steps.
  HostTensor run(const HostTensor& noise, uint64_t seed, const RenderObserver& observer);
  // Takes steps until so many are done. The state begins where the planned run does.
  void run(SolverState& state, int last_step, uint64_t seed, const RenderObserver& observer);

  // Multiply-adds of the evaluations: as they ran, and without shortcuts.
  uint64_t executed_macs() const { return stream_.multiply_adds() - condition_macs_; }
  uint64_t full_macs() const { return full_macs_; }
  // What a run with these decisions takes, by its plan.
  uint64_t planned_macs(accelerate::Decisions decisions) const;

 private:
  struct Planned {
    size_t arena_bytes = 0;
    uint64_t macs = 0;
    size_t cache_bytes = 0;
  };
  Planned plan_run(accelerate::Decisions decisions) const;
  // An evaluation of so many lanes without shortcuts.
  struct Full {
    uint64_t macs = 0;
    nn::SiteCounts counts = {};
  };
  const Full& full(size_t lanes);
  HostTensor evaluate(nn::Walk& walk, const models::Condition& condition, const nn::Evaluation& evaluation,
                      const HostTensor& x, double timestep) const;
  HostTensor evaluate_lanes(nn::Walk& walk, const models::Condition& condition, const HostTensor& x,
                            double timestep, const std::vector<int>& lanes) const;
  HostTensor guided(int step, const HostTensor& x, double timestep);
  StepReport report(const SolverState& state) const;

  Parts parts_;
  models::ConditionInputs inputs_;
  Shape latent_;
  std::vector<nn::Evaluation> evaluations_;
  Planned planned_;
  Stream stream_;
  nn::Walk walk_;
  models::Condition condition_;
  uint64_t condition_macs_ = 0;
  uint64_t full_macs_ = 0;
  size_t next_evaluation_ = 0;
  nn::SiteCounts full_counts_;  // of the step so far
  std::map<size_t, Full> full_by_lanes_;
};

}  // namespace diorama
