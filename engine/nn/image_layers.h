// Convolutional layers of the autoencoders. Pixels are channel-last: [B, H, W, C].
#pragma once

#include "nn/walk.h"

namespace diorama::nn {

struct ConvOptions {
  int stride = 1;
  int upsample = 1;           // nearest, before the convolution
  bool pad_end_only = false;  // (0, 1) on both axes instead of kernel / 2 all around
  Activation activation = Activation::none;
  Tensor residual;  // added before the activation
};

Tensor conv(const Scope& m, const Tensor& x, const ConvOptions& options = {});
// group_norm with eps 1e-6 and affine, then the activation.
Tensor group_norm(const Scope& m, const Tensor& x, int groups, Activation activation);

// [B, C, H, W] -> [B, H, W, C] and back.
Tensor channels_last(Stream& stream, const Tensor& image);
Tensor channels_first(Stream& stream, const Tensor& pixels);

// multiply * x + offset
Tensor scale_offset(Stream& stream, const Tensor& x, float multiply, float offset);
// limit * tanh(x / limit)
Tensor soft_clamp(Stream& stream, const Tensor& x, float limit);

}  // namespace diorama::nn
