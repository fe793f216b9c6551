#include "vulkan/cost_model.h"

#include <algorithm>
#include <cmath>

namespace diorama::vulkan {
namespace {

constexpr double kShortestLesson =
    1e-3;  // seconds; below it the cost of a submission would be taken for work

}  // namespace

CostModel::CostModel(bool cpu)
    : seconds_each_(cpu ? Amounts{1 / 2e9, 1 / 1e9, 1 / 5e7} : Amounts{1 / 2e11, 1 / 5e10, 1 / 2e9}) {}

double CostModel::seconds(const Amounts& amounts) const {
  double sum = 0;
  for (size_t i = 0; i < kWorkKinds; ++i) sum += amounts[i] * seconds_each_[i];
  return sum;
}

int64_t CostModel::parts_per_segment(Work work, double units_each) const {
  const double each = seconds(work, units_each);
  return each <= 0 ? INT64_MAX : static_cast<int64_t>(std::clamp(kSegmentSeconds / each, 1.0, 1e15));
}

void CostModel::learn(const Amounts& amounts, double measured_seconds) {
  const double expected = seconds(amounts);
  if (std::max(expected, measured_seconds) < kShortestLesson) return;
  const double ratio = std::clamp(measured_seconds / expected, 0.1, 10.0);
  for (size_t i = 0; i < kWorkKinds; ++i)
    seconds_each_[i] *= std::pow(ratio, amounts[i] * seconds_each_[i] / expected);
}

}  // namespace diorama::vulkan
