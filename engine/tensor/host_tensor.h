#pragma once

#include <vector>

#include "tensor/shape.h"

namespace diorama {

// A plain fp32 tensor in host memory: latents, noise, inputs and outputs of a network.
struct HostTensor {
  Shape shape;
  std::vector<float> values;

  HostTensor() = default;
  explicit HostTensor(const Shape& s) : shape(s), values(static_cast<size_t>(s.num_elements())) {}
  HostTensor(const Shape& s, std::vector<float> v) : shape(s), values(std::move(v)) {
    require(static_cast<int64_t>(values.size()) == shape.num_elements(),
            "[host tensor] {} values for shape {}", values.size(), shape.to_string());
  }
};

}  // namespace diorama
