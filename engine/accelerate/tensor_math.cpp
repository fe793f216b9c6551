#include "accelerate/tensor_math.h"

#include "ops/ops.h"

namespace diorama::accelerate {

Tensor weighted_sum(Stream& stream, float a_weight, const Tensor& a, float b_weight, const Tensor& b) {
  Tensor y = stream.make(a.shape(), DType::f32);
  ops::binary(
      stream,
      {.kind = BinaryKind::weighted_sum, .a = a, .b = b, .a_weight = a_weight, .b_weight = b_weight, .y = y});
  return y;
}

Tensor as_form(Stream& stream, const Tensor& x, const InputForm& form) {
  if (form == InputForm()) return x;
  Tensor y = stream.make(x.shape(), form.type);
  ops::unary(stream, {.x = x, .y = y, .conditioning = form.conditioning});
  return y;
}

}  // namespace diorama::accelerate
