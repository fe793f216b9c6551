#include "accelerate/tensor_math.h"

#include <vector>

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
  if (form == InputForm(x.dtype())) return x;
  Tensor y = stream.make(x.shape(), form.type);
  ops::unary(stream, {.x = x, .y = y, .conditioning = form.conditioning});
  return y;
}

Tensor as_f32(Stream& stream, const Tensor& x) {
  if (x.dtype() == DType::f32 && x.contiguous()) return x;
  Tensor y = stream.make(x.shape(), DType::f32);
  ops::unary(stream, {.x = x, .y = y});
  return y;
}

Tensor upload_rows(Stream& stream, std::span<const int32_t> tokens, int64_t lanes, int64_t num_tokens) {
  std::vector<int32_t> rows;
  rows.reserve(tokens.size() * static_cast<size_t>(lanes));
  for (int64_t lane = 0; lane < lanes; ++lane)
    for (const int32_t token : tokens) rows.push_back(static_cast<int32_t>(lane * num_tokens) + token);
  return stream.upload({static_cast<int64_t>(rows.size())}, rows);
}

Tensor scatter_tokens(Stream& stream, const Tensor& x, const Tensor& ids) {
  Tensor y = stream.make(x.shape(), x.dtype());
  ops::scatter_rows(stream, {.x = x, .ids = ids, .y = y});
  return y;
}

Tensor gather_tokens(Stream& stream, const Tensor& x, const Tensor& ids) {
  const int64_t count = ids.num_elements() / x.dim(0);
  Tensor y = stream.make({x.dim(0), count, x.dim(2)}, x.dtype());
  ops::gather_rows(stream, {.x = x, .ids = ids, .y = y});
  return y;
}

Tensor mix_tokens(Stream& stream, const Tensor& x, const RowMix& mix) {
  const Shape shape{mix.num_rows(), mix.each};
  Tensor y = stream.make({x.dim(0), mix.num_rows(), x.dim(2)}, DType::f32);
  ops::mix_rows(
      stream,
      {.x = x, .ids = stream.upload(shape, mix.ids), .weights = stream.upload(shape, mix.weights), .y = y});
  return y;
}

}  // namespace diorama::accelerate
