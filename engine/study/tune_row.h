// A way to paint as the search measured it, and what the search is for.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "accelerate/plan.h"
#include "study/fidelity.h"

namespace diorama {

struct TuneRow {
  std::string what;                      // "block_caching interval 3 start 0.2", "12 steps of euler"
  std::string series;                    // the method's name, "combined", "fewer steps, euler"
  std::optional<accelerate::Plan> plan;  // none: fewer steps
  double speed = 0;       // of the denoiser, exact: 1; only of what is scored, in turns with exact runs
  double macs_ratio = 0;  // full multiply-adds per executed one
  Fidelity psnr, ssim;
  double first_macs_ratio = 0, first_psnr = 0;  // of the first pictures alone, which every row has
  int pictures = 0;                             // all, or only the first

  // Whether it may become a plan, or a part of one: fewer steps may not, nor experiments.
  bool is_candidate() const;
  // What was measured, without names and plan.
  nlohmann::json measured() const;
  // Throws nlohmann::json::exception.
  void read_measured(const nlohmann::json& json);
};

// The fastest plan, by multiply-adds, that keeps a fidelity; or the most faithful one that is fast enough.
struct TuneGoal {
  std::string name;  // of the plan
  double psnr = 0;   // dB in the mean, and 6 less at the 10th percentile; 0: as near as can be
  double speed = 1;  // full multiply-adds per executed one, at least

  bool met_by(const TuneRow& row) const;
  bool prefers(const TuneRow& a, const TuneRow& b) const;
};

}  // namespace diorama
