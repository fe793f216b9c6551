// The kernels that exist once per instruction set: serial functions over raw pointers; who calls them splits
// the work over threads. Strides are in elements, absent parts are null.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/kernel_args.h"

namespace diorama::cpu {

// A packed matrix [N, K] is [ceil(N / 64)][K][64], zero-padded: panels of columns side by side.
constexpr int64_t kPanel = 64;
// Rows of x in one register tile, and at most in one task.
constexpr int64_t kTileRows = 6;
constexpr int64_t kBlockRows = 96;
// Rows of a panel taken at a time: with the matching columns of a block they fit into a second-level cache.
constexpr int64_t kDepth = 576;

struct Rows {
  const void* data = nullptr;
  int64_t stride = 0;
  DType type = DType::f32;
};
struct MutableRows {
  void* data = nullptr;
  int64_t stride = 0;
  DType type = DType::f32;
};

// y = act(residual + gate * (sum + bias))
struct Epilogue {
  const float* bias = nullptr;
  const float* gate = nullptr;  // one row for `rows_per_gate` rows of y
  int64_t gate_stride = 0;
  int64_t rows_per_gate = 1;
  Rows residual;
  Activation activation = Activation::none;
  MutableRows y;
};

// Rows [first_row, first_row + num_rows) of y, columns of panels [first_panel, end_panel).
struct MultiplyTask {
  const float* x = nullptr;  // row `first_row`
  int64_t x_stride = 0;
  const void* weight = nullptr;  // packed
  DType weight_type = DType::f32;
  int64_t n = 0, k = 0;
  int64_t first_row = 0, num_rows = 0;
  int64_t first_panel = 0, end_panel = 0;
  Epilogue epilogue;
  float* scratch = nullptr;
};

// Floats: an expanded piece of a panel, and the sums of a block.
constexpr int64_t kMultiplyScratch = (kDepth + kBlockRows) * kPanel;

// A packed integer matrix [N, K] is panels too, zero-padded: [ceil(N / 64)], each, with K' = padded_codes(K),
// 8 bits: [K' / 4][64 columns][4 of K], levels plus the set's level_offset;
// 4 bits: [K' / 32][4 strips of 16 columns][4][4][16 bytes]: byte j of piece (v, c) holds the strip's column
// 4 c + v, K's element j in its low nibble, element 16 + j in its high one, as q + 8. Group scales: f16
// [panel][groups][64].
constexpr int64_t kStrip = 16;

// Rows [first_row, first_row + num_rows) of y, columns of panels [first_panel, end_panel).
struct IntegerTask {
  const std::byte* x = nullptr;  // q8, row `first_row`
  int64_t x_stride = 0;          // bytes
  const std::byte* codes = nullptr;
  const uint16_t* group_scales = nullptr;  // none: codes are levels
  const float* row_scales = nullptr;       // [N]
  int64_t n = 0, k = 0;                    // k: padded
  int64_t group = 0;                       // of K that share a scale
  int64_t first_row = 0, num_rows = 0;
  int64_t first_panel = 0, end_panel = 0;
  Epilogue epilogue;
  std::byte* scratch = nullptr;  // integer_scratch(k) bytes
};
// Bytes: a decoded panel, and the sums of a tile.
constexpr int64_t integer_scratch(int64_t k) {
  return kPanel * (k + kTileRows * 4);
}

// One row of 8-bit codes, with scale and sum behind them.
struct QuantiseTask {
  int64_t width = 0;
  Activation activation = Activation::none;  // of x, before all else
  const float* multiplier = nullptr;         // [width]
  int rotation = 1;
  float* scratch = nullptr;  // [width]
};

struct BinaryTask {
  BinaryKind kind = BinaryKind::add;
  float a_weight = 1, b_weight = 1;
};

struct NormTask {
  NormKind kind = NormKind::layer;
  int64_t width = 0;
  float eps = 0;
  const float* weight = nullptr;
  const float* bias = nullptr;
  const float* shift = nullptr;
  const float* scale = nullptr;
};

// One head of one lane, a block of queries; pointers are to the head's first column.
struct AttentionTask {
  Rows q, k, v;
  int64_t num_queries = 0, num_keys = 0, head_dim = 0;
  float scale = 1;
  const float* key_bias = nullptr;       // [num_keys]
  const float* position_bias = nullptr;  // [num_queries, position_stride]
  int64_t position_stride = 0;
  // Query i sees keys [i + diagonal - window, i + diagonal + window] only; 0: all.
  int64_t window = 0, diagonal = 0;
  MutableRows y;
  float* scratch = nullptr;
};

// Keys in one round of the online softmax: with their values they fit into a second-level cache.
constexpr int64_t key_tile(int64_t head_dim) {
  return head_dim <= 128 ? 256 : 64;
}
constexpr int64_t padded_head_dim(int64_t head_dim) {
  return (head_dim + 15) / 16 * 16;
}
// Floats: queries and outputs with their maxima and sums; keys, values, logits and bias of a tile.
constexpr int64_t attention_scratch(int64_t num_queries, int64_t head_dim) {
  const int64_t width = padded_head_dim(head_dim);
  return 2 * num_queries * (width + 1) + key_tile(head_dim) * (2 * width + kTileRows + 1);
}

// The same for attention in codes: keys in one round, and floats of scratch.
constexpr int64_t kCodesTile = 512;
constexpr int64_t attention_codes_scratch(int64_t num_queries, int64_t head_dim) {
  const int64_t width = (head_dim + kPanel - 1) / kPanel * kPanel;
  const int64_t bytes = kCodesTile * (head_dim + 4 + width + kTileRows * 5 + 8) +
                        kTileRows * (head_dim + 4 + kPanel * 4) + (num_queries + 2) * width * 4 +
                        num_queries * 8 + 16 * 64;
  return (bytes + 3) / 4;
}

struct Kernels {
  void (*multiply)(const MultiplyTask& task);
  // Row `row` of y from its n sums, for products that come from elsewhere.
  void (*finish_row)(const Epilogue& epilogue, int64_t row, const float* sums, int64_t n);
  // With integer weights; `level_offset` is what their levels are packed with.
  void (*multiply_integer)(const IntegerTask& task);
  int level_offset;
  // y: q8. x may be the task's scratch.
  void (*quantise_row)(const QuantiseTask& task, const float* x, std::byte* y);
  void (*norm_row)(const NormTask& task, const float* x, DType type, void* y);
  void (*attention)(const AttentionTask& task);
  // The same in products of 8-bit codes; no position bias.
  void (*attention_codes)(const AttentionTask& task);
  // The first row of each.
  void (*binary_row)(const BinaryTask& task, Rows a, Rows b, MutableRows y, int64_t width);
  void (*unary_row)(Activation activation, Rows x, MutableRows y, int64_t width);
  void (*gate_add_row)(const float* x, const float* gate, const float* residual, float* y, int64_t width);
  void (*soft_clamp)(const float* x, float limit, float* y, int64_t count);
  // Sums over rows of x[r, c] - center[c] and of its square.
  void (*sum_columns)(Rows x, int64_t num_rows, int64_t width, const float* center, float* sums,
                      float* squares);
  // y[r, c] = act((x[r, c] - center[c]) * scale[c] + shift[c])
  void (*scale_columns)(Rows x, int64_t num_rows, int64_t width, const float* center, const float* scale,
                        const float* shift, Activation activation, MutableRows y);
};

namespace portable {
extern const Kernels kKernels;
}
namespace avx2 {
extern const Kernels kKernels;
extern const Kernels kKernelsVnni;
}  // namespace avx2
namespace avx512 {
extern const Kernels kKernels;
extern const Kernels kKernelsVnni;
}  // namespace avx512

}  // namespace diorama::cpu
