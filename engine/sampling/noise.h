// Noise as a pure function of seed, step, picture and element: the same bytes on every machine and in any
// order.
#pragma once

#include <array>
#include <cstdint>

#include "tensor/host_tensor.h"

namespace diorama {

// Philox4x32-10 (Salmon et al. 2011).
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// Standard normal noise for one picture: key = seed, counter = (element / 4, step, image, 0), Box-Muller.
// Step 0 is the start of a run; an ancestral sampler's step i draws step i + 1.
HostTensor normal_noise(const Shape& shape, uint64_t seed, uint32_t step, uint32_t image = 0);

}  // namespace diorama
