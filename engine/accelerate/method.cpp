#include "accelerate/method.h"

#include <algorithm>

namespace diorama::accelerate {

bool RunShape::has_new_lanes(int evaluation) const {
  if (evaluation == 0) return true;
  const auto& before = evaluations.at(static_cast<size_t>(evaluation) - 1).lanes;
  const auto& now = evaluations.at(static_cast<size_t>(evaluation)).lanes;
  return !std::ranges::all_of(now, [&](int lane) { return std::ranges::find(before, lane) != before.end(); });
}

}  // namespace diorama::accelerate
