// Finds acceleration plans for a model by measuring them on its own pictures (plan_search.h), on the tuning
// prompts. The plans that are found are judged on the scoring prompts, which the search never saw.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/contest.h"
#include "study/trials.h"
#include "study/tune_row.h"

namespace diorama {

struct TuneOptions {
  Precision precision;
  std::optional<int> steps;  // the model's own
  int pictures = 12;         // of the tuning prompts
  int scored = 16;           // of the scoring prompts
  double minutes = 10;       // for all of it: the search stops where judging has to begin
  std::vector<TuneGoal> goals = {{.name = "balanced", .psnr = 34}, {.name = "fast", .psnr = 27}};
};

struct TuneReport {
  std::vector<TuneRow> tried;   // on the tuning prompts
  std::vector<TuneRow> scored;  // on the scoring prompts: the plans found, and fewer steps at their time
  std::vector<accelerate::Plan> plans;
  int steps = 0;             // of the exact run
  bool out_of_time = false;  // before everything was tried
  std::string unkept;        // why what was tried could not be kept for another search, or empty
};

// What was tried is kept in the cache folder as it is measured, so that a search that was stopped goes on.
TuneReport tune(const ModelFolder& folder, Device& device, const TuneOptions& options,
                const TuneObserver& progress);

}  // namespace diorama
