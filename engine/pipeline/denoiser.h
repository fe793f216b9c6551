// One run of a solver: noise to latent, on one device, for one condition.
#pragma once

#include <map>
#include <vector>

#include "models/transformer.h"
#include "pipeline/component.h"
#include "pipeline/request.h"
#include "sampling/guidance.h"
#include "sampling/solver.h"

namespace diorama {

// The halves that some step of the run evaluates, in batch order.
std::vector<Half> halves_of_run(const Guidance& guidance, int num_steps);

class Denoiser {
 public:
  struct Parts {
    Device& device;
    const models::Transformer& transformer;
    const nn::Weights& weights;
    const Solver& solver;
    const Guidance& guidance;
    std::vector<Half> halves;  // halves_of_run
    std::vector<nn::Accelerator*> accelerators = {};
  };

  // Plans an evaluation of `latent` [1, C, h, w], takes the memory, makes the condition.
  Denoiser(Parts parts, const models::ConditionInputs& inputs, const Shape& latent);

  // `seed` draws the noise of ancestral steps.
  HostTensor run(const HostTensor& noise, uint64_t seed, const RenderObserver& observer);

  // Multiply-adds of the evaluations: as they ran, and without shortcuts.
  uint64_t executed_macs() const { return stream_.multiply_adds() - condition_macs_; }
  uint64_t full_macs() const { return full_macs_; }

 private:
  size_t planned_arena(const models::ConditionInputs& inputs) const;
  uint64_t macs_of(size_t lanes);
  HostTensor evaluate(int step, const HostTensor& x, double timestep);
  StepReport report(const SolverState& state) const;

  Parts parts_;
  Shape latent_;
  Stream stream_;
  nn::Walk walk_;
  models::Condition condition_;
  uint64_t condition_macs_ = 0;
  uint64_t full_macs_ = 0;
  std::map<size_t, uint64_t> macs_by_lanes_;
};

}  // namespace diorama
