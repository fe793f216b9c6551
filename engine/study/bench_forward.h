// Whole networks and whole runs, checked against the portable kernels before they are timed.
#pragma once

#include "study/bench.h"
#include "study/bench_clock.h"

namespace diorama {

// An evaluation of a published configuration with drawn weights, as a guidance pair.
void bench_forward(Device& device, BenchClock& clock, const std::string& config, const Format& precision,
                   const BenchReport& report);

// The denoiser of a model folder: every step that the model recommends, guided, without encoding and
// decoding.
void bench_denoiser(Device& device, BenchClock& clock, const std::string& model, const Precision& precision,
                    const BenchReport& report);

}  // namespace diorama
