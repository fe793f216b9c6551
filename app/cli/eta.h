#pragma once

#include <cstdint>

namespace diorama::cli {

// How long the rest takes, from the steps so far; recent ones count more.
class Eta {
 public:
  explicit Eta(int64_t steps = 0) : steps_left_(steps) {}

  void step_done(double milliseconds) {
    constexpr double kRecent = 0.2;
    mean_ms_ = mean_ms_ == 0 ? milliseconds : mean_ms_ + kRecent * (milliseconds - mean_ms_);
    drop(1);
  }
  // Steps that will not be done: a job failed, or is shorter than was thought; negative: it is longer.
  void drop(int64_t steps) { steps_left_ = steps < steps_left_ ? steps_left_ - steps : 0; }

  double seconds_left() const { return mean_ms_ * static_cast<double>(steps_left_) / 1000; }
  double seconds_per_step() const { return mean_ms_ / 1000; }

 private:
  double mean_ms_ = 0;
  int steps_left_ = 0;
};

}  // namespace diorama::cli
