#include "nn/image_layers.h"

#include <vector>

#include "ops/ops.h"

namespace diorama::nn {
namespace {

Tensor to_type(Stream& stream, const Tensor& x, DType type) {
  if (x.dtype() == type) return x;
  Tensor y = stream.make(x.shape(), type);
  ops::unary(stream, {.x = x, .y = y});
  return y;
}

}  // namespace

Tensor conv(const Scope& m, const Tensor& x, const ConvOptions& options) {
  const Weight& weight = m.weight();
  const int before = options.pad_end_only ? 0 : weight.kernel_h / 2;
  const int after = options.pad_end_only ? 1 : weight.kernel_h / 2;
  const auto extent = [&](int64_t in) {
    return (in * options.upsample + before + after - weight.kernel_h) / options.stride + 1;
  };
  Tensor y = m.stream().make({x.dim(0), extent(x.dim(1)), extent(x.dim(2)), weight.n}, DType::f32);
  ops::conv(m.stream(), {.x = to_type(m.stream(), x, weight.input.type),
                         .weight = &weight,
                         .stride = options.stride,
                         .pad_top = before,
                         .pad_left = before,
                         .pad_bottom = after,
                         .pad_right = after,
                         .upsample = options.upsample,
                         .activation = options.activation,
                         .residual = options.residual,
                         .y = y});
  return y;
}

Tensor group_norm(const Scope& m, const Tensor& x, int groups, Activation activation) {
  Tensor y = m.stream().make(x.shape(), DType::f32);
  ops::group_norm(m.stream(), {.x = x,
                               .groups = groups,
                               .eps = 1e-6f,
                               .weight = m.tensor("weight"),
                               .bias = m.tensor("bias"),
                               .activation = activation,
                               .y = y});
  return y;
}

Tensor channels_last(Stream& stream, const Tensor& image) {
  const Shape& s = image.shape();
  Tensor pixels = stream.make({s[0], s[2] * s[3], s[1]}, DType::f32);
  ops::patchify(stream, {.image = image, .tokens = pixels});
  return pixels.reshape({s[0], s[2], s[3], s[1]});
}

Tensor channels_first(Stream& stream, const Tensor& pixels) {
  const Shape& s = pixels.shape();
  Tensor image = stream.make({s[0], s[3], s[1], s[2]}, DType::f32);
  ops::unpatchify(stream, {.image = image, .tokens = pixels.reshape({s[0], s[1] * s[2], s[3]})});
  return image;
}

Tensor scale_offset(Stream& stream, const Tensor& x, float multiply, float offset) {
  const int64_t channels = x.dim(-1);
  const std::vector<float> factors(static_cast<size_t>(channels), multiply);
  const std::vector<float> offsets(static_cast<size_t>(channels), offset);
  Tensor scaled = stream.make(x.shape(), DType::f32);
  ops::binary(
      stream,
      {.kind = BinaryKind::multiply, .a = x, .b = stream.upload({1, channels}, factors), .y = scaled});
  Tensor y = stream.make(x.shape(), DType::f32);
  ops::binary(stream,
              {.kind = BinaryKind::add, .a = scaled, .b = stream.upload({1, channels}, offsets), .y = y});
  return y;
}

Tensor soft_clamp(Stream& stream, const Tensor& x, float limit) {
  Tensor y = stream.make(x.shape(), DType::f32);
  ops::soft_clamp(stream, {.x = x, .limit = limit, .y = y});
  return y;
}

}  // namespace diorama::nn
