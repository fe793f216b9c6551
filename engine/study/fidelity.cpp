#include "study/fidelity.h"

#include <algorithm>
#include <numeric>

namespace diorama {
namespace {

Fidelity summary(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  return {std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()),
          values[values.size() / 10], values.front()};
}

}  // namespace

void FidelityMeter::add(const Image& exact, const Image& other) {
  const Comparison comparison = compare(exact, other);
  psnr_.push_back(comparison.psnr);
  ssim_.push_back(comparison.ssim);
}

Fidelity FidelityMeter::psnr() const {
  return summary(psnr_);
}

Fidelity FidelityMeter::ssim() const {
  return summary(ssim_);
}

}  // namespace diorama
