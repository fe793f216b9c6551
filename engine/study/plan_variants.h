// Plans to try: a method's ladder, and what lies beside a plan.
#pragma once

#include <string>
#include <vector>

#include "accelerate/plan.h"

namespace diorama {

// What differs from the defaults: "block_caching interval 4 + guidance_reuse start 0.3".
std::string describe(const accelerate::Plan& plan);
// Named by its description, unless `name` is given.
accelerate::Plan plan_of(std::vector<accelerate::MethodUse> uses, const std::string& name = "");

// A combination of a ladder's values: how far up each is.
struct LadderUse {
  accelerate::MethodUse use;
  std::vector<size_t> heights;

  // Whether it is no more careful than another in any setting.
  bool at_least_as_high_as(const std::vector<size_t>& others) const;
};
// Every combination, those below before those above.
std::vector<LadderUse> ladder_of(const accelerate::Method& method);

// One setting a little further, or back. Of methods that follow a schedule nothing is changed.
std::vector<accelerate::Plan> neighbours(const accelerate::Plan& plan);

}  // namespace diorama
