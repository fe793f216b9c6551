// Arithmetic on host latents: sums in double, results rounded to fp32.
#pragma once

#include "tensor/host_tensor.h"

namespace diorama {

// a * x + b * y
HostTensor weighted_sum(double a, const HostTensor& x, double b, const HostTensor& y);
// Channels [begin, begin + count) of [B, C, ..].
HostTensor channel_range(const HostTensor& x, int64_t begin, int64_t count);
// Into [-limit, limit].
void clamp(HostTensor& x, double limit);
bool all_finite(const HostTensor& x);

}  // namespace diorama
