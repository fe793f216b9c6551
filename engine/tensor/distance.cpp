#include "tensor/distance.h"

#include <cmath>

namespace diorama {

double relative_l2(std::span<const float> got, std::span<const float> expected) {
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const auto wanted = static_cast<double>(expected[i]);
    const double d = static_cast<double>(got[i]) - wanted;
    difference += d * d;
    norm += wanted * wanted;
  }
  return norm > 0 ? std::sqrt(difference / norm) : 0;
}

}  // namespace diorama
