#include "tensor/weight.h"

namespace diorama {

Weight Weight::rows(int64_t first, int64_t count) const {
  require(first >= 0 && first % kRowGroup == 0 && count > 0 && first + count <= n,
          "[weight] {}: rows {} + {} of {}", name, first, count, n);
  Weight view = *this;
  view.n = count;
  view.first_row = first_row + first;
  if (bias) view.bias = bias.slice(first, count);
  return view;
}

}  // namespace diorama
