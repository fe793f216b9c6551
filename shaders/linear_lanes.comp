#version 460
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_GOOGLE_include_directive : require

// Products on a CPU: a subgroup owns ROWS rows and four columns a lane, without shared memory. Each lane loads its own
// part of x, which then goes round by shuffling: a load costs a CPU as much as a dozen multiply-adds.
#include "product.glsl"

layout(constant_id = 9) const uint LANES = 8;  // of a subgroup
layout(constant_id = 10) const uint ROWS = 16;
layout(local_size_x_id = 9) in;

void main() {
  const uint lane = gl_SubgroupInvocationID;
  const uint first_row = gl_WorkGroupID.y * ROWS;
  const uint column = (gl_WorkGroupID.x * LANES + lane) * 4;

  const uint weights = weight_column(column);
  Row rows[ROWS];
  vec4 sums[ROWS];
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    rows[r] = row_at(min(first_row + r, p.rows - 1));
    sums[r] = vec4(0);
  }
  for (uint k0 = 0; k0 < p.k; k0 += LANES) {
    const Tap tap = tap_at(k0 + lane);
    float x[ROWS];
    [[unroll]] for (uint r = 0; r < ROWS; ++r) x[r] = x_value(rows[r], tap, k0 + lane < p.k);
    // Four steps of K at a time, row by row: a sum is then fetched and put back once for four of them.
    const uint end = min(k0 + LANES, p.k);
    [[dont_unroll]] for (uint k = k0; k < end; k += 4) {
      vec4 w[4];
      [[unroll]] for (uint i = 0; i < 4; ++i) w[i] = read_weight(weights + min(k + i, p.k - 1) * 32);
      [[unroll]] for (uint r = 0; r < ROWS; ++r)
        [[unroll]] for (uint i = 0; i < 4; ++i)
          sums[r] = fma(vec4(subgroupShuffle(x[r], k - k0 + i)), w[i], sums[r]);
    }
  }
  [[unroll]] for (uint r = 0; r < ROWS; ++r)
    [[unroll]] for (uint c = 0; c < 4; ++c) finish(first_row + r, column + c, sums[r][c]);
}
