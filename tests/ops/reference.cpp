#include "ops/reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace diorama::test::reference {
namespace {

Doubles zeros(int64_t count) {
  return Doubles(static_cast<size_t>(count));
}

}  // namespace

double activate(Activation activation, double x) {
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::silu:
      return x / (1 + std::exp(-x));
    case Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case Activation::relu:
      return std::max(x, 0.0);
  }
  return x;
}

Doubles linear(const Floats& x, const Floats& w, const Floats& bias, int64_t m, int64_t n, int64_t k,
               Activation activation) {
  Doubles y = zeros(m * n);
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double sum = bias[j];
      for (int64_t c = 0; c < k; ++c) sum += static_cast<double>(x[i * k + c]) * w[j * k + c];
      y[i * n + j] = activate(activation, sum);
    }
  return y;
}

Doubles norm(const Norm& n, const Floats& x) {
  Doubles y = zeros(n.lanes * n.tokens * n.width);
  for (int64_t row = 0; row < n.lanes * n.tokens; ++row) {
    const float* in = x.data() + row * n.width;
    double mean = 0, square = 0;
    for (int64_t c = 0; c < n.width && n.kind == NormKind::layer; ++c)
      mean += in[c] / static_cast<double>(n.width);
    for (int64_t c = 0; c < n.width; ++c)
      square += (in[c] - mean) * (in[c] - mean) / static_cast<double>(n.width);
    for (int64_t c = 0; c < n.width; ++c) {
      double v = (in[c] - mean) / std::sqrt(square + n.eps);
      if (!n.weight.empty()) v *= n.weight[c];
      if (!n.bias.empty()) v += n.bias[c];
      const int64_t lane = row / n.tokens * n.width + c;
      if (!n.scale.empty()) v = v * (1.0 + n.scale[lane]) + n.shift[lane];
      y[row * n.width + c] = v;
    }
  }
  return y;
}

Doubles attention(const Attention& a, const Floats& q, const Floats& k, const Floats& v) {
  const int64_t width = a.heads * a.head_dim;
  Doubles y = zeros(a.lanes * a.queries * width);
  Doubles logits = zeros(a.keys);
  for (int64_t lane = 0; lane < a.lanes; ++lane)
    for (int64_t head = 0; head < a.heads; ++head)
      for (int64_t i = 0; i < a.queries; ++i) {
        const int64_t query = (lane * a.queries + i) * width + head * a.head_dim;
        double most = -std::numeric_limits<double>::infinity(), sum = 0;
        for (int64_t j = 0; j < a.keys; ++j) {
          const int64_t key = (lane * a.keys + j) * width + head * a.head_dim;
          double dot = 0;
          for (int64_t c = 0; c < a.head_dim; ++c) dot += static_cast<double>(q[query + c]) * k[key + c];
          logits[j] = a.scale * dot;
          if (!a.key_bias.empty()) logits[j] += a.key_bias[lane * a.keys + j];
          if (!a.position_bias.empty()) logits[j] += a.position_bias[(head * a.queries + i) * a.keys + j];
          if (a.window > 0 && std::abs(i - j) > a.window)
            logits[j] = -std::numeric_limits<double>::infinity();
          most = std::max(most, logits[j]);
        }
        for (double& logit : logits) sum += logit = std::exp(logit - most);
        for (int64_t j = 0; j < a.keys; ++j)
          for (int64_t c = 0; c < a.head_dim; ++c)
            y[query + c] += logits[j] / sum * v[(lane * a.keys + j) * width + head * a.head_dim + c];
      }
  return y;
}

Doubles conv(const Conv& c, const Floats& x, const Floats& w, const Floats& bias, const Floats& residual) {
  const int64_t height = c.out_height(), width = c.out_width();
  Doubles y = zeros(c.images * height * width * c.out_channels);
  for (int64_t image = 0; image < c.images; ++image)
    for (int64_t row = 0; row < height; ++row)
      for (int64_t column = 0; column < width; ++column)
        for (int64_t o = 0; o < c.out_channels; ++o) {
          double sum = bias[o];
          for (int64_t kr = 0; kr < c.kernel; ++kr)
            for (int64_t kc = 0; kc < c.kernel; ++kc) {
              const int64_t r = row * c.stride + kr - c.pad_top, s = column * c.stride + kc - c.pad_left;
              if (r < 0 || r >= c.height * c.upsample || s < 0 || s >= c.width * c.upsample) continue;
              const int64_t pixel = (image * c.height + r / c.upsample) * c.width + s / c.upsample;
              for (int64_t i = 0; i < c.in_channels; ++i)
                sum += static_cast<double>(x[pixel * c.in_channels + i]) *
                       w[((o * c.kernel + kr) * c.kernel + kc) * c.in_channels + i];
            }
          const int64_t out = ((image * height + row) * width + column) * c.out_channels + o;
          y[out] = activate(c.activation, sum + (residual.empty() ? 0.0 : residual[out]));
        }
  return y;
}

Doubles group_norm(const Floats& x, int64_t images, int64_t pixels, int64_t channels, int64_t groups,
                   double eps, const Floats& weight, const Floats& bias, Activation activation) {
  Doubles y = zeros(images * pixels * channels);
  const int64_t size = channels / groups;
  for (int64_t image = 0; image < images; ++image)
    for (int64_t group = 0; group < groups; ++group) {
      const auto for_each = [&](auto visit) {
        for (int64_t p = 0; p < pixels; ++p)
          for (int64_t c = group * size; c < (group + 1) * size; ++c)
            visit((image * pixels + p) * channels + c, c);
      };
      double mean = 0, square = 0;
      for_each([&](int64_t i, int64_t) { mean += x[i] / static_cast<double>(pixels * size); });
      for_each([&](int64_t i, int64_t) {
        square += (x[i] - mean) * (x[i] - mean) / static_cast<double>(pixels * size);
      });
      for_each([&](int64_t i, int64_t c) {
        y[i] = activate(activation, (x[i] - mean) / std::sqrt(square + eps) * weight[c] + bias[c]);
      });
    }
  return y;
}

Floats patchify(const Floats& image, int64_t images, int64_t channels, int64_t height, int64_t width,
                int64_t patch, PatchOrder order) {
  Floats tokens;
  for (int64_t b = 0; b < images; ++b)
    for (int64_t row = 0; row < height; row += patch)
      for (int64_t column = 0; column < width; column += patch) {
        const auto pixel = [&](int64_t c, int64_t ph, int64_t pw) {
          tokens.push_back(image[((b * channels + c) * height + row + ph) * width + column + pw]);
        };
        if (order == PatchOrder::channel_slowest) {
          for (int64_t c = 0; c < channels; ++c)
            for (int64_t i = 0; i < patch * patch; ++i) pixel(c, i / patch, i % patch);
        } else {
          for (int64_t i = 0; i < patch * patch; ++i)
            for (int64_t c = 0; c < channels; ++c) pixel(c, i / patch, i % patch);
        }
      }
  return tokens;
}

}  // namespace diorama::test::reference
