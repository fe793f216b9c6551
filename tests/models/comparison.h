#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "tensor/host_tensor.h"

namespace diorama::test {

// |a - b| / |b|, infinite where the shapes differ.
inline double relative_l2(const HostTensor& a, const HostTensor& b) {
  if (a.shape != b.shape) return std::numeric_limits<double>::infinity();
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < b.values.size(); ++i) {
    const double d = static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]);
    difference += d * d;
    norm += static_cast<double>(b.values[i]) * static_cast<double>(b.values[i]);
  }
  return std::sqrt(difference / norm);
}

// As GoogleTest wants names: letters, digits, underscores.
inline std::string test_name(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

}  // namespace diorama::test
