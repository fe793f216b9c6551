#pragma once

#include "vulkan/device.h"

namespace diorama::vulkan {

// The rate of a shader that does nothing but fp32 fused multiply-adds.
class FmaPeak {
 public:
  explicit FmaPeak(Device& device);

  // One reading of about 50 ms, in GFLOP/s, a multiply-add counted twice.
  double measure();

 private:
  double seconds();

  Device& device_;
  int64_t groups_;
  Tensor y_;
  uint32_t rounds_ = 1000;
};

}  // namespace diorama::vulkan
