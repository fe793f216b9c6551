#include "sampling/latent_math.h"

#include <algorithm>
#include <cmath>

namespace diorama {

HostTensor weighted_sum(double a, const HostTensor& x, double b, const HostTensor& y) {
  require(x.shape == y.shape, "[weighted sum] shapes {} and {}", x.shape.to_string(), y.shape.to_string());
  HostTensor sum(x.shape);
  for (size_t i = 0; i < sum.values.size(); ++i)
    sum.values[i] = static_cast<float>(a * x.values[i] + b * y.values[i]);
  return sum;
}

HostTensor channel_range(const HostTensor& x, int64_t begin, int64_t count) {
  require(x.shape.rank() >= 2 && begin >= 0 && begin + count <= x.shape[1], "[channels] {} from {} on, of {}",
          count, begin, x.shape.to_string());
  Shape shape = x.shape;
  shape[1] = count;
  HostTensor part(shape);
  const int64_t plane = x.shape.num_elements() / (x.shape[0] * x.shape[1]);
  for (int64_t b = 0; b < x.shape[0]; ++b)
    std::copy_n(x.values.begin() + (b * x.shape[1] + begin) * plane, count * plane,
                part.values.begin() + b * count * plane);
  return part;
}

void clamp(HostTensor& x, double limit) {
  const auto bound = static_cast<float>(limit);
  for (float& value : x.values) value = std::clamp(value, -bound, bound);
}

bool all_finite(const HostTensor& x) {
  return std::ranges::all_of(x.values, [](float value) { return std::isfinite(value); });
}

}  // namespace diorama
