#include "accelerate/run.h"

#include <fmt/format.h>

namespace diorama::accelerate {

Run::Run(const Plan& plan, const RunShape& shape, Decisions decisions)
    : plan_(plan), shape_(shape), decisions_(std::move(decisions)) {
  decisions_.expect(plan_.uses, shape_);
  for (const MethodUse& use : plan_.uses) {
    methods_.push_back(use.method->make({use, shape_, decisions_, caches_}));
    accelerators_.push_back(methods_.back().get());
  }
}

std::vector<std::string> Run::misfits() const {
  std::vector<std::string> said;
  for (const MethodUse& use : plan_.uses) {
    if (const std::string why = use.method->misfit(use, shape_); !why.empty())
      said.push_back(fmt::format("acceleration: {}: {}", use.method->name, why));
    else if (use.method->wants_likeness && shape_.fresh_noise)
      said.push_back(fmt::format(
          "acceleration: {}: the sampler adds new noise at every step, so that steps have less in "
          "common; expect larger errors",
          use.method->name));
  }
  return said;
}

std::vector<std::string> Run::idle() const {
  std::vector<std::string> said;
  for (const MethodUse& use : plan_.uses)
    if (!decisions_.engaged(use.method->name) && use.method->misfit(use, shape_).empty())
      said.push_back(fmt::format("acceleration: {} computed everything: nothing in this run met its settings",
                                 use.method->name));
  return said;
}

}  // namespace diorama::accelerate
