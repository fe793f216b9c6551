#include "formats/hadamard.h"

#include <cmath>

namespace diorama {

int rotation_order(int64_t k) {
  int order = 1;
  while (order < 256 && k % (4 * order) == 0) order *= 4;
  return order;
}

void rotate(float* row, int64_t k, int order) {
  for (int64_t apart = 1; apart < order; apart *= 4)
    for (int64_t block = 0; block < k; block += 4 * apart)
      for (float* a = row + block; a < row + block + apart; ++a) {
        const float sum = (a[0] + a[apart]) + (a[2 * apart] + a[3 * apart]);
        const float first = sum - 2 * a[3 * apart];
        const float second = sum - 2 * a[2 * apart];
        const float third = sum - 2 * a[apart];
        a[3 * apart] = sum - 2 * a[0];
        a[0] = first;
        a[apart] = second;
        a[2 * apart] = third;
      }
  const float scale = 1.0f / std::sqrt(static_cast<float>(order));
  for (int64_t i = 0; order > 1 && i < k; ++i) row[i] *= scale;
}

}  // namespace diorama
