// What a kernel is given, alike on every device. Shapes are checked in ops/ before a device sees them.
// "any float" is f32, f16 or bf16; sums and statistics are always fp32. Where y may be q8, `conditioning`
// says what is done to its rows first.
#pragma once

#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace diorama {

enum class Activation : int { none = 0, silu = 1, gelu_tanh = 2, relu = 3 };

// y = act(x W^T + b); with a gate: y = residual + gate * (x W^T + b), the gate per batch row (gate may be
// none: 1).
struct LinearArgs {
  Tensor x;  // [.., K] weight.input, or f32 where that is what the device wants; rows may be strided
  const Weight* weight = nullptr;
  Activation activation = Activation::none;
  Tensor gate;      // [B, N] f32, rows may be strided, or none
  Tensor residual;  // [B, T, N] f32, or none; x is then [B, T, K]
  Tensor y;         // [.., N] any float or q8, contiguous
  Conditioning conditioning;
};

enum class NormKind : int { layer = 0, rms = 1 };

// y = norm(x) [* weight] [* (1 + scale) + shift], over the last dimension; scale and shift per batch row.
struct NormArgs {
  NormKind kind = NormKind::layer;
  Tensor x;       // [B, T, D] f32
  Tensor weight;  // [D] f32, or none
  Tensor bias;    // [D] f32, or none
  Tensor shift;   // [B, D] f32, rows may be strided, or none
  Tensor scale;   // [B, D] f32, rows may be strided, or none
  float eps = 0;
  Tensor y;  // [B, T, D] any float or q8
  Conditioning conditioning;
};

// y = softmax(scale * q k^T + key_bias + position_bias) v, heads side by side in the last dimension.
struct AttentionArgs {
  Tensor q;  // [B, Nq, H * d] any float, rows may be strided
  Tensor k;  // [B, Nk, H * d] as q
  Tensor v;  // [B, Nk, H * d] as q
  int num_heads = 1;
  float scale = 1;
  Tensor key_bias;       // [B, Nk] f32, added to every query's logits (masks), or none
  Tensor position_bias;  // [H, Nq, Nk] f32, or none
  // Query i sees keys j with |i - j| <= window only, 0: all. As many queries as keys then.
  int64_t window = 0;
  // Products of 8-bit codes where the device has them and no position bias is given: about 1 % off.
  bool codes = false;
  Tensor y;  // [B, Nq, H * d] any float or q8, contiguous
  Conditioning conditioning;
};

enum class BinaryKind : int {
  add = 0,
  multiply = 1,
  gelu_tanh_multiply = 2,  // gelu_tanh(a) * b
  weighted_sum = 3,        // a_weight * a + b_weight * b
};

// y[r, c] = f(a[r, c], b[r mod rows(b), c])
struct BinaryArgs {
  BinaryKind kind = BinaryKind::add;
  Tensor a;  // [.., D] any float, rows may be strided
  Tensor b;  // [rows, D] any float, rows may be strided; rows(a) is a multiple of rows(b)
  float a_weight = 1, b_weight = 1;
  Tensor y;  // [.., D] any float or q8, contiguous
  Conditioning conditioning;
};

// y = residual + gate * x, the gate per batch row.
struct GateAddArgs {
  Tensor x;         // [B, T, D] f32
  Tensor gate;      // [B, D] f32, rows may be strided, or none (1)
  Tensor residual;  // [B, T, D] f32
  Tensor y;         // [B, T, D] f32
};

// y = act(x), and a change of type. Of codes only the values are taken: no activation, y in fp32.
struct UnaryArgs {
  Activation activation = Activation::none;
  Tensor x;  // any float, rows may be strided; or q8
  Tensor y;  // any float or q8, contiguous
  Conditioning conditioning;
};

// y[i] = x[ids[i]] over rows (gather); y[ids[i]] = x[i] (scatter, distinct ids).
struct RowsArgs {
  Tensor x;    // [R, D]
  Tensor ids;  // [n] i32
  Tensor y;    // [n, D] for gather; the rows to overwrite for scatter; type of x
};

// y[b, i] = sum over j of weights[i, j] * x[b, ids[i, j]]: rows mixed alike in every batch row.
struct MixRowsArgs {
  Tensor x;        // [B, R, D] f32
  Tensor ids;      // [n, J] i32
  Tensor weights;  // [n, J] f32
  Tensor y;        // [B, n, D] f32
};

// Pixels of p x p patches side by side: [B, C, H, W] <-> [B, (H/p)(W/p), p * p * C].
enum class PatchOrder : int { channel_slowest = 0, channel_fastest = 1 };  // (c, ph, pw) or (ph, pw, c)
struct PatchArgs {
  Tensor image;   // [B, C, H, W] f32
  Tensor tokens;  // [B, (H/p)(W/p), p * p * C] any float
  int patch = 1;
  PatchOrder order = PatchOrder::channel_slowest;
};

// Pixels channel-last. y = act(conv(upsample(x)) + b + residual), zero padding; nearest upsampling by 1 or 2.
struct ConvArgs {
  Tensor x;  // [B, H, W, I] weight.input
  const Weight* weight = nullptr;
  int stride = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  int upsample = 1;
  Activation activation = Activation::none;
  Tensor residual;  // as y, or none
  Tensor y;         // [B, H', W', O] any float
};

// y = act(group_norm(x) * weight + bias); groups are contiguous channels, statistics over pixels and group.
struct GroupNormArgs {
  Tensor x;  // [B, H, W, C] any float
  int groups = 1;
  float eps = 0;
  Tensor weight, bias;  // [C] f32
  Activation activation = Activation::none;
  Tensor y;  // [B, H, W, C] any float
};

// y = limit * tanh(x / limit): the soft clamp before TAESD's decoder.
struct SoftClampArgs {
  Tensor x;  // f32
  float limit = 3;
  Tensor y;  // f32
};

}  // namespace diorama
