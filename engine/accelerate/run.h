// A plan at work in one run: its methods, what they decide and what they keep.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accelerate/plan.h"

namespace diorama::accelerate {

class Run {
 public:
  // An empty plan does nothing.
  Run(const Plan& plan, const RunShape& shape, Decisions decisions);
  Run(const Run&) = delete;  // the methods refer to it
  Run& operator=(const Run&) = delete;

  // Outermost first.
  const std::vector<nn::Accelerator*>& accelerators() const { return accelerators_; }
  const Plan& plan() const { return plan_; }
  const RunShape& shape() const { return shape_; }
  Decisions& decisions() { return decisions_; }
  const Decisions& decisions() const { return decisions_; }
  Caches& caches() { return caches_; }

  // What is to be said before the run: methods that can do nothing in it, or not well, and why.
  std::vector<std::string> misfits() const;
  // After it: methods that did nothing, apart from those.
  std::vector<std::string> idle() const;

 private:
  Plan plan_;
  RunShape shape_;
  Decisions decisions_;
  Caches caches_;
  std::vector<std::unique_ptr<nn::Accelerator>> methods_;
  std::vector<nn::Accelerator*> accelerators_;
};

}  // namespace diorama::accelerate
