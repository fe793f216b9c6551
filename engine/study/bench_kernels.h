// Single ops, checked against sums in double precision before they are timed.
#pragma once

#include "study/bench.h"
#include "study/bench_clock.h"

namespace diorama {

void bench_linear(Device& device, BenchClock& clock, const Format& precision, const BenchReport& report);
void bench_attention(Device& device, BenchClock& clock, const Format& precision, const BenchReport& report);

}  // namespace diorama
