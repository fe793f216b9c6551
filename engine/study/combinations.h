// Which plans that were measured alone promise something together.
#pragma once

#include <deque>
#include <vector>

#include "study/tune_row.h"

namespace diorama {

// Errors are taken to add up, and savings to multiply.
struct Combination {
  accelerate::Plan plan;
  double psnr = 0;
  double macs_ratio = 0;
};

// Pairs of plans measured on `pictures` that share no method, the best for the goal first; `optimism` dB are
// taken off what is foreseen of them. At most `most`, none that was tried.
std::vector<Combination> promising_combinations(const std::deque<TuneRow>& rows, int pictures,
                                                const TuneGoal& goal, double optimism, size_t most);

}  // namespace diorama
