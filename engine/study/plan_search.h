// The search of `tune`, on the tuning prompts: every method alone, what promises something together, and what
// lies beside the best.
#pragma once

#include "study/attention_plan_search.h"
#include "study/trials.h"

namespace diorama {

class PlanSearch {
 public:
  PlanSearch(Contest& contest, Trials& trials) : contest_(contest), trials_(trials) {}

  // Every method over its ladder; what is at least as high as a try under the floor is left out.
  void try_ladders();
  // Attention sharing by schedules that are found, not set.
  void try_attention_plans(AttentionPlanSearch& search);
  void try_fewer_steps();
  void try_combinations(const TuneGoal& goal);
  // Until none is better.
  void try_neighbours(const TuneGoal& goal);

 private:
  Contest& contest_;
  Trials& trials_;
};

}  // namespace diorama
