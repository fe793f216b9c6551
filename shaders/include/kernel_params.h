// Numbers a dispatch is given: one definition for C++ and GLSL. Offsets and strides count elements of the
// tensor within its binding. Everything is four bytes wide, so both sides lay it out alike.
#ifndef KERNEL_PARAMS_H
#define KERNEL_PARAMS_H

#ifdef __cplusplus
#include <cstdint>
namespace diorama::vulkan {
using uint = uint32_t;
#endif

// linear and conv: y[rows, columns] = x[rows, k] w[k, columns]
struct ProductParams {
  uint rows, columns, k;
  uint x, x_stride;
  uint bias, gate, gate_stride, residual;
  uint y, y_stride;
  uint first_row, rows_per_batch;  // row r belongs to batch row (first_row + r) / rows_per_batch of the gate

  // A convolution's rows are pixels (image, line, column) of the output lines from first_line on.
  uint lines, width;                               // of the output, per image and band
  uint in_height, in_width, channels, image_size;  // of the input; image_size in elements
  uint kernel_width, stride;
  uint upsample_shift;            // the input is enlarged 2^shift times by repetition
  int first_line, first_in_line;  // of the band, in whole images
  int pad_top, pad_left;
};

struct AttentionParams {
  uint queries, keys, heads, head_dim;
  uint q, q_stride, q_batch;  // q_batch: elements from one batch row to the next
  uint k, k_stride, k_batch;
  uint v, v_stride, v_batch;
  uint key_bias, position_bias, position_stride, first_query;
  uint window;  // 0: every key is seen
  uint y, y_stride, y_batch;
  float scale;
};

struct NormParams {
  uint width;
  uint x, weight, bias, shift, shift_stride, scale, scale_stride, y;
  uint first_row, rows_per_batch;
  float eps;
};

struct ElementwiseParams {
  uint rows, width;
  uint a, a_stride, b, b_stride, b_rows, c, c_stride, y;
  uint first_row, rows_per_batch;
  float limit, a_weight, b_weight;
};

struct RowsParams {
  uint width;  // of a row, in words
  uint x, x_stride, ids, y, y_stride;
};

struct MixRowsParams {
  uint width, each;  // of a row; rows mixed into one
  uint x, x_stride, ids, weights, y;
};

struct PatchParams {
  uint channels, height, width, patch_size;
  uint image, tokens;
};

struct PeakParams {
  uint rounds;
  float factor, addend;
};

struct GroupNormParams {
  uint pixels, channels, groups;  // pixels of one image
  uint images, first_image;
  uint chunk, chunks, first_chunk;  // pixels of a chunk; chunks of one image
  uint x, weight, bias, y;
  float eps;
};

#ifdef __cplusplus
}  // namespace diorama::vulkan
#endif

#endif
