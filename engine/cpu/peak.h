// What this processor can do at most, measured: registers only, so that kernels can be read as a share of it.
#pragma once

#include "cpu/device.h"

namespace diorama::cpu {

struct Peaks {
  double fp32 = 0;  // GFLOP/s, fused multiply-adds counted twice
  double bf16 = 0;  // GFLOP/s of bf16 pairs summed in fp32; 0 without the instruction
  double int8 = 0;  // GOP/s of byte quadruples summed in int32; 0 without the instruction
  double copy = 0;  // GB/s read plus written, out of cache
};

// Medians of five runs of about 40 ms on the device's threads and instruction set.
Peaks measure_peaks(const Device& device);

}  // namespace diorama::cpu
