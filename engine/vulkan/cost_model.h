// How long recorded work will take, learned from how long work took: it decides where segments and bands end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace diorama::vulkan {

// Units: multiply-adds for products and attention, elements for the rest.
enum class Work { product, attention, elements };
constexpr size_t kWorkKinds = 3;

constexpr double kSegmentSeconds = 0.05;

using Amounts = std::array<double, kWorkKinds>;  // units by kind of work

class CostModel {
 public:
  // First guesses, units a second: low, so that the first segments are short.
  explicit CostModel(bool cpu);

  double seconds(Work work, double units) const { return units * seconds_each_[static_cast<size_t>(work)]; }
  double seconds(const Amounts& amounts) const;
  // How many parts of `units_each` fill one segment; at least one.
  int64_t parts_per_segment(Work work, double units_each) const;

  // Scales each kind by the ratio of measured to expected time, to the power of its share of that time.
  void learn(const Amounts& amounts, double measured_seconds);

 private:
  Amounts seconds_each_;
};

}  // namespace diorama::vulkan
