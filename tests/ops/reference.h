// The plain definitions of the ops, in double precision. Every device is judged by these.
#pragma once

#include "ops/harness.h"

namespace diorama::test::reference {

double activate(Activation activation, double x);

// x [m, k], w [n, k], bias [n] -> [m, n]
Doubles linear(const Floats& x, const Floats& w, const Floats& bias, int64_t m, int64_t n, int64_t k,
               Activation activation);

struct Norm {
  NormKind kind;
  int64_t lanes, tokens, width;
  double eps;
  Floats weight, bias;  // [width] or empty
  Floats shift, scale;  // [lanes, width] or empty
};
Doubles norm(const Norm& n, const Floats& x);

struct Attention {
  int64_t lanes, heads, queries, keys, head_dim;
  double scale;
  Floats key_bias;       // [lanes, keys] or empty
  Floats position_bias;  // [heads, queries, keys] or empty
  int64_t window = 0;    // keys further off are not seen; 0: all are
};
Doubles attention(const Attention& a, const Floats& q, const Floats& k, const Floats& v);

struct Conv {
  int64_t images, height, width, in_channels, out_channels;
  int kernel, stride, pad_top, pad_left, pad_bottom, pad_right, upsample;
  Activation activation;
  int64_t out_height() const { return (height * upsample + pad_top + pad_bottom - kernel) / stride + 1; }
  int64_t out_width() const { return (width * upsample + pad_left + pad_right - kernel) / stride + 1; }
};
// w [out, kernel, kernel, in]; residual as the output, or empty.
Doubles conv(const Conv& c, const Floats& x, const Floats& w, const Floats& bias, const Floats& residual);

// x [images, pixels, channels]
Doubles group_norm(const Floats& x, int64_t images, int64_t pixels, int64_t channels, int64_t groups,
                   double eps, const Floats& weight, const Floats& bias, Activation activation);

// [images, channels, height, width] -> [images, patches, patch * patch * channels]
Floats patchify(const Floats& image, int64_t images, int64_t channels, int64_t height, int64_t width,
                int64_t patch, PatchOrder order);

}  // namespace diorama::test::reference
