// Measures a device: its peaks first, then kernels and whole forwards, each checked before it is timed and
// given as a share of the peak that was read around its own timings.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/precision.h"
#include "study/bench_clock.h"
#include "tensor/device.h"

namespace diorama {

struct BenchRow {
  std::string group;  // peak, linear, onednn, attention, forward, budget, denoiser, acceleration
  std::string name;
  Timing timing;     // of a peak only the rate: GFLOP/s, or GB/s for copies
  double error = 0;  // against the check's reference, relative L2
  std::string note = {};
};
using BenchReport = std::function<void(const BenchRow&)>;

struct BenchOptions {
  Precision precision;
  const Format* modulation = nullptr;  // of forwards; null: as the precision has it
  std::vector<std::string> configs;    // published configurations to run forwards of
  std::optional<int> blocks;           // of those, in place of their own number
  std::vector<std::string> models;     // folders or names to run the denoiser of
  std::string accelerate;              // a plan to compare with exact runs, or empty
  std::optional<int> steps;            // of those runs
  int pictures = 16;                   // of the models' runs
  std::optional<Precision> against;    // of the configurations: the same decisions in another precision
  int repeats = 5;
  bool kernels = true;
};

// Rows are reported as they are ready.
void bench(Device& device, const BenchOptions& options, const BenchReport& report);

}  // namespace diorama
