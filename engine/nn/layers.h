// The compounds of the papers, on top of the ops. Token tensors are [B, N, D], B lanes. Modulation vectors
// and conditions are per lane of the evaluation, [L, ..]; the walk picks the lanes that are being computed.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>

#include "nn/walk.h"

namespace diorama::nn {

// Normalisation before a branch: LN without affine, then x * (1 + scale) + shift. Unset: the branch reads x
// as it is.
struct Modulation {
  float eps = 0;
  Tensor shift;  // [L, D]
  Tensor scale;  // [L, D]
};

// Tokens that a linear reads. The weight says which form it wants (type, later scaling and rotation), so
// normalising waits until a weight asks, and is done once.
class Input {
 public:
  Input(const Tensor& x) : x_(x) {}  // NOLINT(google-explicit-constructor): a tensor is an input as it is
  Input(const Tensor& x, const Modulation& modulation) : x_(x), modulation_(modulation), normed_(true) {}

  const Shape& shape() const { return x_.shape(); }
  bool same_tokens(const Input& other) const {
    return x_.buffer() == other.x_.buffer() && x_.byte_offset() == other.x_.byte_offset() &&
           x_.shape() == other.shape();
  }
  Tensor as(Walk& walk, const InputForm& form) const;

 private:
  Tensor x_;
  Modulation modulation_;
  bool normed_ = false;
  mutable Tensor prepared_;
  mutable InputForm prepared_form_;
};

// A branch's last linear, not yet run, so that gate and residual can join its epilogue.
struct Projection {
  Scope linear;
  Tensor input;
};

struct LinearOptions {
  Activation activation = Activation::none;
  InputForm output;
  int64_t first_row = 0;  // of a joined projection, where only some of its rows are wanted
  int64_t num_rows = 0;   // 0: all
};

// --- sites
// ---------------------------------------------------------------------------------------------------------

// y = act(x W^T + b), [.., K] -> [.., N]
Tensor linear(const Scope& m, const Input& x, const LinearOptions& options = {});
// The form in which the linear at `m` wants its input.
InputForm input_form(const Scope& m);
// The type for attention between linears like that at `m`: theirs, fp32 between integer ones.
DType attention_type(const Scope& m);

// softmax(scale * q k^T + biases) v; `args.y` is unset.
Tensor attention_core(const Scope& m, const AttentionArgs& args, const InputForm& output);

// x -> body(x): the index-th block of the stack.
Tensor block(const Scope& m, int index, const Tensor& x, const std::function<Tensor(const Tensor& x)>& body);

// x + gate * body(modulate(norm(x))): `gate` [L, D] or none.
using BranchBody = std::function<Projection(const Input& query, const Input& keys)>;
Tensor branch(const Scope& m, const Tensor& x, const std::optional<Modulation>& modulation,
              const Tensor& gate, const BranchBody& body);

// --- layers with the names that diffusers gives them
// ------------------------------------------------------------------

// to_q, to_k, to_v (joined as to_qkv by the tensor table), to_out.0; scale 1 / sqrt(head dim).
void describe_self_attention(TensorTable& table, const std::string& path, int64_t dim, bool bias);
Projection self_attention(const Scope& m, int num_heads, const Input& query, const Input& keys);

// Keys and values of a prompt, [L, T, 2 D] (to_k and to_v joined as to_kv), are made once and kept.
void describe_cross_attention(TensorTable& table, const std::string& path, int64_t dim, int64_t context_dim,
                              bool bias);
Tensor text_keys_values(const Scope& m, const Tensor& text);
Projection cross_attention(const Scope& m, int num_heads, const Input& query, const Tensor& keys_values,
                           const Tensor& key_bias);

// net.0.proj, gelu_tanh, net.2.
void describe_feed_forward(TensorTable& table, const std::string& path, int64_t dim, int64_t hidden);
Projection feed_forward(const Scope& m, const Input& x);

// linear_1, activation, linear_2: the embedders of timesteps, sizes and captions.
void describe_mlp_embedding(TensorTable& table, const std::string& path, int64_t out, int64_t in);
Tensor mlp_embedding(const Scope& m, const Tensor& x, Activation activation);

// [t] -> [t, 256], cosines first; `shift` is diffusers' downscale_freq_shift (0, or 1 in its DiT).
Tensor timestep_sinusoid(Stream& stream, std::span<const float> t, int shift);

// [1, h * w, dim]: 2-D sine-cosine positions, stretched over `base` cells per axis, divided by `scale`;
// column first.
Tensor sincos_positions(Walk& walk, int64_t dim, int64_t height, int64_t width, double base, double scale);

// --- small helpers
// ---------------------------------------------------------------------------------------------------

Tensor activate(Stream& stream, const Tensor& x, Activation activation);
// Rows of b repeat.
Tensor add(Stream& stream, const Tensor& a, const Tensor& b);
// x + the branch's last linear, no gate.
Tensor add_projection(const Projection& projection, const Tensor& x);
// x * weight / sqrt(mean(x^2) + eps)
Tensor rms_norm(Stream& stream, const Tensor& x, const Tensor& weight, float eps, const InputForm& output);
// gelu_tanh(a) * b
Tensor gelu_tanh_multiply(Stream& stream, const Tensor& a, const Tensor& b, const InputForm& output);
// rows[ids[i]], [R, D] -> [n, D]
Tensor gather_rows(Stream& stream, const Tensor& rows, const Tensor& ids);
// [L, m * piece] and [L, n * piece] -> [L, (m + n) * piece]
Tensor concat_columns(Stream& stream, const Tensor& a, const Tensor& b, int64_t piece);
// image [L, C, H, W] -> tokens [L, (H/p)(W/p), C p p], the channel slowest; tokens with the channel fastest
// -> image.
Tensor patchify(Stream& stream, const Tensor& image, int patch);
Tensor unpatchify(Stream& stream, const Tensor& tokens, int64_t channels, int64_t height, int64_t width,
                  int patch);
// [L, n * D] -> n views [L, D]
template <size_t n>
std::array<Tensor, n> chunk(const Tensor& x) {
  std::array<Tensor, n> parts;
  const int64_t each = x.dim(-1) / static_cast<int64_t>(n);
  for (size_t i = 0; i < n; ++i) parts[i] = x.columns(static_cast<int64_t>(i) * each, each);
  return parts;
}
// LN(x) * (1 + scale) + shift without a branch: final layers.
Tensor norm_modulate(const Scope& m, const Tensor& x, const Modulation& modulation, const InputForm& output);

}  // namespace diorama::nn
