// A plan against the exact run: what it saves, what it changes, and whether plainly fewer steps would do as
// well.
#pragma once

#include "study/bench.h"

namespace diorama {

// Paints options.pictures scoring prompts exactly, with the plan, and with every sampler at as many steps as
// the plan's time allows; the figures are of the denoiser. Rows of the group `acceleration`.
void bench_acceleration(Device& device, const std::string& model, const BenchOptions& options,
                        const BenchReport& report);

}  // namespace diorama
