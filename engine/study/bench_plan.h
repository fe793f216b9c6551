// What a plan saves of the time of a published configuration with drawn weights. Its pictures are noise and
// have no fidelity.
#pragma once

#include "base/json_config.h"
#include "study/bench.h"

namespace diorama {

// Exact and accelerated denoising in turns, options.repeats times, and how much of the time that the saved
// multiply-adds promise was saved; then an evaluation's ops, exact and accelerated. With options.against the
// same in another precision, by the decisions of the first.
void bench_plan(Device& device, const std::string& name, const Config& config, const BenchOptions& options,
                const BenchReport& report);

}  // namespace diorama
