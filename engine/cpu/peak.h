// What this processor can do at most, measured: registers only, so that kernels can be read as a share of it.
#pragma once

#include "cpu/device.h"

namespace diorama::cpu {

enum class Peak {
  fp32,  // GFLOP/s, fused multiply-adds counted twice
  bf16,  // GFLOP/s of bf16 pairs summed in fp32
  int8,  // GOP/s of byte quadruples summed in int32
  copy,  // GB/s read plus written, out of cache
};

// One reading of about 20 ms on the device's threads and instruction set; 0 without the instruction.
double measure_peak(const Device& device, Peak peak);

}  // namespace diorama::cpu
