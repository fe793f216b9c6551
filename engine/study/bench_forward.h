// Whole networks and whole runs, checked against the portable kernels before they are timed.
#pragma once

#include "base/json_config.h"
#include "nn/weights.h"
#include "study/bench.h"
#include "study/bench_clock.h"

namespace diorama {

// An evaluation of a published configuration with drawn weights, as a guidance pair; how much memory it
// takes, and which ops its time goes to.
void bench_forward(Device& device, BenchClock& clock, const std::string& name, const Config& config,
                   const nn::RoleFormats& formats, const BenchReport& report);

// The denoiser of a model folder: every step that the model recommends, guided, without encoding and
// decoding.
void bench_denoiser(Device& device, BenchClock& clock, const std::string& model, const Precision& precision,
                    const BenchReport& report);

}  // namespace diorama
