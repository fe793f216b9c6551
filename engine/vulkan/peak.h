#pragma once

#include "vulkan/device.h"

namespace diorama::vulkan {

// GFLOP/s of a shader that does nothing but fp32 fused multiply-adds (each counted twice): the median of five
// runs.
double measure_fma_peak(Device& device);

}  // namespace diorama::vulkan
