// Measures a device: its peaks first, then kernels and whole forwards, each checked before it is timed and
// given as a share of the peak of the same run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json_config.h"
#include "formats/format.h"
#include "tensor/device.h"

namespace diorama {

struct BenchRow {
  std::string group;  // peak, linear, attention, forward ...
  std::string name;
  double milliseconds = 0;  // median
  double rate = 0;          // GFLOP/s, or GB/s for copies
  double share = 0;         // of the device's peak for the type, 0 where there is none
  double error = 0;         // against the check's reference, relative L2
};

struct BenchOptions {
  const Format* precision = &format_f32();
  std::vector<std::string> configs;  // published configurations to run forwards of
  int repeats = 5;
  bool kernels = true;
};

// Rows are reported as they are ready.
void bench(Device& device, const BenchOptions& options, const std::function<void(const BenchRow&)>& report);

}  // namespace diorama
