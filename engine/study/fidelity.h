// How far pictures are from what they should be, over many of them.
#pragma once

#include <vector>

#include "study/compare.h"

namespace diorama {

struct Fidelity {
  double mean = 0, tenth = 0, worst = 0;  // of the pictures; `tenth`: the 10th percentile
};

class FidelityMeter {
 public:
  void add(const Image& exact, const Image& other);
  // Over all that were added.
  Fidelity psnr() const;
  Fidelity ssim() const;

 private:
  std::vector<double> psnr_, ssim_;
};

}  // namespace diorama
