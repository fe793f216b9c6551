#include "nn/layers.h"

#include <cmath>
#include <vector>

#include "ops/ops.h"

namespace diorama::nn {
namespace {

float attention_scale(int64_t head_dim) {
  return 1.0f / std::sqrt(static_cast<float>(head_dim));
}

}  // namespace

Tensor Input::as(Walk& walk, const InputForm& form) const {
  if (!normed_ && x_.dtype() == form.type) return x_;
  if (prepared_ && prepared_form_ == form) return prepared_;
  prepared_ = walk.stream().make(x_.shape(), form.type);
  prepared_form_ = form;
  if (normed_)
    ops::norm(walk.stream(), {.x = x_,
                              .shift = modulation_.shift,
                              .scale = modulation_.scale,
                              .eps = modulation_.eps,
                              .y = prepared_,
                              .conditioning = form.conditioning});
  else
    ops::unary(walk.stream(), {.x = x_, .y = prepared_, .conditioning = form.conditioning});
  return prepared_;
}

InputForm input_form(const Scope& m) {
  return m.weight().input;
}

DType attention_type(const Scope& m) {
  const DType type = m.weight().input.type;
  return type == DType::q8 ? DType::f32 : type;
}

void describe_self_attention(TensorTable& table, const std::string& path, int64_t dim, bool bias) {
  table.joined(path, "to_qkv", {"to_q", "to_k", "to_v"}, dim, dim, Role::linear, bias);
  table.linear(path + ".to_out.0", dim, dim);
}

Projection self_attention(const Scope& m, int num_heads, const Input& query, const Input& keys) {
  const Scope out = m["to_out"][0];
  const int64_t dim = m["to_qkv"].weight().n / 3;
  const DType type = attention_type(m["to_qkv"]);
  AttentionArgs args{.num_heads = num_heads, .scale = attention_scale(dim / num_heads)};
  if (query.same_tokens(keys)) {
    const Tensor qkv = linear(m["to_qkv"], query, {.output = type});
    args.q = qkv.columns(0, dim);
    args.k = qkv.columns(dim, dim);
    args.v = qkv.columns(2 * dim, dim);
  } else {
    const int64_t first =
        dim / Weight::kRowGroup * Weight::kRowGroup;  // the first row of a view that holds k and v
    args.q = linear(m["to_qkv"], query, {.output = type, .first_row = 0, .num_rows = dim});
    const Tensor kv =
        linear(m["to_qkv"], keys, {.output = type, .first_row = first, .num_rows = 3 * dim - first});
    args.k = kv.columns(dim - first, dim);
    args.v = kv.columns(2 * dim - first, dim);
  }
  return {out, attention_core(m, args, input_form(out))};
}

void describe_cross_attention(TensorTable& table, const std::string& path, int64_t dim, int64_t context_dim,
                              bool bias) {
  table.linear(path + ".to_q", dim, dim, Role::linear, bias);
  table.joined(path, "to_kv", {"to_k", "to_v"}, dim, context_dim, Role::linear, bias);
  table.linear(path + ".to_out.0", dim, dim);
}

Tensor text_keys_values(const Scope& m, const Tensor& text) {
  return linear(m["to_kv"], text, {.output = attention_type(m["to_q"])});
}

Projection cross_attention(const Scope& m, int num_heads, const Input& query, const Tensor& keys_values,
                           const Tensor& key_bias) {
  const Scope out = m["to_out"][0];
  const Tensor kv = m.walk().select_lanes(keys_values);
  const int64_t dim = kv.dim(-1) / 2;
  const AttentionArgs args{.q = linear(m["to_q"], query, {.output = kv.dtype()}),
                           .k = kv.columns(0, dim),
                           .v = kv.columns(dim, dim),
                           .num_heads = num_heads,
                           .scale = attention_scale(dim / num_heads),
                           .key_bias = m.walk().select_lanes(key_bias)};
  return {out, attention_core(m, args, input_form(out))};
}

void describe_feed_forward(TensorTable& table, const std::string& path, int64_t dim, int64_t hidden) {
  table.linear(path + ".net.0.proj", hidden, dim);
  table.linear(path + ".net.2", dim, hidden);
}

Projection feed_forward(const Scope& m, const Input& x) {
  const Scope out = m["net"][2];
  return {out,
          linear(m["net"][0]["proj"], x, {.activation = Activation::gelu_tanh, .output = input_form(out)})};
}

void describe_mlp_embedding(TensorTable& table, const std::string& path, int64_t out, int64_t in) {
  table.linear(path + ".linear_1", out, in, Role::embedding);
  table.linear(path + ".linear_2", out, out, Role::embedding);
}

Tensor mlp_embedding(const Scope& m, const Tensor& x, Activation activation) {
  const Tensor hidden =
      linear(m["linear_1"], x, {.activation = activation, .output = input_form(m["linear_2"])});
  return linear(m["linear_2"], hidden);
}

// Frequencies and arguments in fp32, as published: emb = [cos(t f_i), sin(t f_i)], f_i = 10000^(-i / (128 -
// shift)).
Tensor timestep_sinusoid(Stream& stream, std::span<const float> t, int shift) {
  constexpr int kHalf = 128;
  std::vector<float> values(t.size() * 2 * kHalf);
  for (size_t b = 0; b < t.size(); ++b)
    for (int i = 0; i < kHalf; ++i) {
      const float exponent = -std::log(10000.0f) * static_cast<float>(i) / static_cast<float>(kHalf - shift);
      const float argument = t[b] * std::exp(exponent);
      values[b * 2 * kHalf + static_cast<size_t>(i)] = std::cos(argument);
      values[b * 2 * kHalf + static_cast<size_t>(kHalf + i)] = std::sin(argument);
    }
  return stream.upload({static_cast<int64_t>(t.size()), 2 * kHalf}, values);
}

// [sin(x w), cos(x w), sin(y w), cos(y w)] with w_i = 10000^(-i / (dim / 4)); positions in fp32, the rest in
// double.
Tensor sincos_positions(Walk& walk, int64_t dim, int64_t height, int64_t width, double base, double scale) {
  return walk.constant("positions", {1, height * width, dim}, [&](std::vector<float>& values) {
    const int64_t quarter = dim / 4;
    const auto position = [&](int64_t cell, int64_t cells) {
      const float per_cell = static_cast<float>(cells) / static_cast<float>(base);
      return static_cast<double>(static_cast<float>(cell) / per_cell / static_cast<float>(scale));
    };
    for (int64_t row = 0; row < height; ++row)
      for (int64_t column = 0; column < width; ++column) {
        float* token = values.data() + (row * width + column) * dim;
        for (int64_t i = 0; i < quarter; ++i) {
          const double omega = std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(quarter));
          const double x = position(column, width) * omega;
          const double y = position(row, height) * omega;
          token[i] = static_cast<float>(std::sin(x));
          token[quarter + i] = static_cast<float>(std::cos(x));
          token[2 * quarter + i] = static_cast<float>(std::sin(y));
          token[3 * quarter + i] = static_cast<float>(std::cos(y));
        }
      }
  });
}

Tensor activate(Stream& stream, const Tensor& x, Activation activation) {
  Tensor y = stream.make(x.shape(), x.dtype());
  ops::unary(stream, {.activation = activation, .x = x, .y = y});
  return y;
}

Tensor add(Stream& stream, const Tensor& a, const Tensor& b) {
  Tensor y = stream.make(a.shape(), a.dtype());
  ops::binary(stream, {.kind = BinaryKind::add, .a = a, .b = b, .y = y});
  return y;
}

Tensor add_projection(const Projection& projection, const Tensor& x) {
  Stream& stream = projection.linear.stream();
  Tensor y = stream.make(x.shape(), DType::f32);
  ops::linear(stream, {.x = projection.input, .weight = &projection.linear.weight(), .residual = x, .y = y});
  return y;
}

Tensor rms_norm(Stream& stream, const Tensor& x, const Tensor& weight, float eps, const InputForm& output) {
  Tensor y = stream.make(x.shape(), output.type);
  ops::norm(stream, {.kind = NormKind::rms,
                     .x = x,
                     .weight = weight,
                     .eps = eps,
                     .y = y,
                     .conditioning = output.conditioning});
  return y;
}

Tensor gelu_tanh_multiply(Stream& stream, const Tensor& a, const Tensor& b, const InputForm& output) {
  Tensor y = stream.make(a.shape(), output.type);
  ops::binary(
      stream,
      {.kind = BinaryKind::gelu_tanh_multiply, .a = a, .b = b, .y = y, .conditioning = output.conditioning});
  return y;
}

Tensor gather_rows(Stream& stream, const Tensor& rows, const Tensor& ids) {
  Tensor y = stream.make({ids.num_elements(), rows.dim(-1)}, rows.dtype());
  ops::gather_rows(stream, {.x = rows, .ids = ids, .y = y});
  return y;
}

Tensor concat_columns(Stream& stream, const Tensor& a, const Tensor& b, int64_t piece) {
  const int64_t lanes = a.dim(0);
  const int64_t of_a = a.dim(1) / piece;
  const int64_t each = of_a + b.dim(1) / piece;
  Tensor y = stream.make({lanes * each, piece}, a.dtype());
  const auto place = [&](const Tensor& x, int64_t first) {
    std::vector<int32_t> ids;
    for (int64_t lane = 0; lane < lanes; ++lane)
      for (int64_t i = 0; i < x.dim(1) / piece; ++i)
        ids.push_back(static_cast<int32_t>(lane * each + first + i));
    const auto count = static_cast<int64_t>(ids.size());
    ops::scatter_rows(stream, {.x = x.reshape({count, piece}), .ids = stream.upload({count}, ids), .y = y});
  };
  place(a, 0);
  place(b, of_a);
  return y.reshape({lanes, each * piece});
}

Tensor patchify(Stream& stream, const Tensor& image, int patch) {
  const int64_t tokens = (image.dim(2) / patch) * (image.dim(3) / patch);
  Tensor y = stream.make({image.dim(0), tokens, image.dim(1) * patch * patch}, DType::f32);
  ops::patchify(stream, {.image = image, .tokens = y, .patch = patch, .order = PatchOrder::channel_slowest});
  return y;
}

Tensor unpatchify(Stream& stream, const Tensor& tokens, int64_t channels, int64_t height, int64_t width,
                  int patch) {
  Tensor image = stream.make({tokens.dim(0), channels, height * patch, width * patch}, DType::f32);
  ops::unpatchify(stream,
                  {.image = image, .tokens = tokens, .patch = patch, .order = PatchOrder::channel_fastest});
  return image;
}

Tensor norm_modulate(const Scope& m, const Tensor& x, const Modulation& modulation, const InputForm& output) {
  Walk& walk = m.walk();
  return Input(x, {modulation.eps, walk.select_lanes(modulation.shift), walk.select_lanes(modulation.scale)})
      .as(walk, output);
}

}  // namespace diorama::nn
