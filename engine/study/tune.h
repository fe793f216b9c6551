// Finds acceleration plans for a model by measuring them on its own pictures: every method alone over a
// ladder of settings, combinations, then the neighbours of the best, on the tuning prompts. The plans that
// are found are judged on the scoring prompts, which the search never saw.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "study/contest.h"

namespace diorama {

struct TuneOptions {
  Precision precision;
  std::optional<int> steps;  // the model's own
  int pictures = 12;         // of the tuning prompts
  int scored = 16;           // of the scoring prompts
  // The fastest plan (by multiply-adds) whose pictures keep these, in dB: the mean, and 6 less at the 10th
  // percentile.
  double balanced_psnr = 34;
  double fast_psnr = 27;
};

struct TuneRow {
  std::string what;                      // "block_caching interval 3 start 0.2", "12 steps of euler"
  std::string series;                    // the method's name, "combined", "fewer steps"
  std::optional<accelerate::Plan> plan;  // none: fewer steps
  double speed = 0;       // of the denoiser, exact: 1; only of what is scored, in turns with exact runs
  double macs_ratio = 0;  // full multiply-adds per executed one
  Fidelity psnr, ssim;
};

struct TuneReport {
  std::vector<TuneRow> tried;   // on the tuning prompts
  std::vector<TuneRow> scored;  // on the scoring prompts: the plans found, and fewer steps at their time
  std::vector<accelerate::Plan> plans;
};

struct TuneProgress {
  std::string what;
  int tried = 0;  // ways to paint so far
};

// What was tried is kept in the cache folder as it is measured, so that a search that was stopped goes on.
TuneReport tune(const ModelFolder& folder, Device& device, const TuneOptions& options,
                const std::function<void(const TuneProgress&)>& progress);

// Saved work against PSNR on the tuning prompts.
std::string plot_of(const TuneReport& report, const std::string& title);

}  // namespace diorama
