#version 460
#extension GL_GOOGLE_include_directive : require

// Products of single rows (modulation, not tokens) on a GPU: bound by reading the weights. A workgroup owns one panel
// of 32 columns for ROWS rows; 32 slices of K are summed apart, then together in a fixed order.
#include "product.glsl"

layout(constant_id = 9) const uint ROWS = 8;
layout(local_size_x = 8, local_size_y = 32) in;

const uint kSlices = 32;
shared vec4 parts[kSlices * 8];

void main() {
  const uint first_column = gl_WorkGroupID.x * 32, first_row = gl_WorkGroupID.y * ROWS;
  const uint weights = weight_column(first_column + gl_LocalInvocationID.x * 4);
  Row rows[ROWS];
  vec4 sums[ROWS];
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    rows[r] = row_at(min(first_row + r, p.rows - 1));
    sums[r] = vec4(0);
  }
  for (uint k = gl_LocalInvocationID.y; k < p.k; k += kSlices) {
    const vec4 w = read_weight(weights + k * 32);
    const Tap tap = tap_at(k);
    [[unroll]] for (uint r = 0; r < ROWS; ++r) sums[r] = fma(vec4(x_value(rows[r], tap, true)), w, sums[r]);
  }
  const uint column = gl_LocalInvocationIndex;
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    parts[gl_LocalInvocationIndex] = sums[r];
    barrier();
    if (column < 32) {
      float sum = 0;
      for (uint slice = 0; slice < kSlices; ++slice) sum += parts[slice * 8 + column / 4][column % 4];
      finish(first_row + r, first_column + column, sum);
    }
    barrier();
  }
}
