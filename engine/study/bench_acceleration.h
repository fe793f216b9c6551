// A plan against the exact run, and against plainly fewer steps.
#pragma once

#include "study/bench.h"

namespace diorama {

// Paints options.pictures scoring prompts exactly, with the plan, and with every sampler at as many steps as
// the plan's time allows. Rows of the group `acceleration`: milliseconds are of a picture's denoising.
void bench_acceleration(Device& device, const std::string& model, const BenchOptions& options,
                        const BenchReport& report);

}  // namespace diorama
