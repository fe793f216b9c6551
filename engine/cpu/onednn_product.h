// oneDNN's own fp32 product, which `bench` holds ours against.
#pragma once

#include <memory>

#include "cpu/device.h"

namespace diorama::cpu {

class OneDnnProduct {
 public:
  // weight [N, K], laid out as oneDNN likes it best for `m` rows.
  OneDnnProduct(Device& device, int64_t m, int64_t k, int64_t n, const float* weight);
  ~OneDnnProduct();

  // y [M, N] = x [M, K] weight^T
  void multiply(const float* x, float* y);

 private:
  struct State;
  Device& device_;
  std::unique_ptr<State> state_;
};

}  // namespace diorama::cpu
