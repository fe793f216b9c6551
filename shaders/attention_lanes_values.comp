#version 460
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_GOOGLE_include_directive : require

// Attention on a CPU, second half: softmax of the logits of ROWS queries, and the weighted sum of v. The lanes are keys
// while weights are made, and columns of v, SLICE each, while they are summed.
#include "attention.glsl"

layout(constant_id = 0) const uint X_TYPE = 0;
layout(constant_id = 1) const uint Y_TYPE = 0;
layout(constant_id = 2) const uint LANES = 8;  // of a subgroup
layout(constant_id = 3) const uint ROWS = 8;
layout(constant_id = 4) const uint SLICE = 9;
layout(local_size_x_id = 2) in;

layout(binding = 0) readonly buffer Logits { float logits[]; };  // [batch, heads, queries, keys]
READS(1, read_v, X_TYPE)
WRITES(2, write_y, Y_TYPE)

bool seen(uint r, uint first_query, uint key) { return sees(min(first_query + r, p.queries - 1), key); }

void main() {
  const uint lane = gl_SubgroupInvocationID;
  const uint first_column = gl_WorkGroupID.x * SLICE * LANES + lane;
  const uint first_query = gl_WorkGroupID.y * ROWS;
  const uint head = gl_WorkGroupID.z % p.heads, batch = gl_WorkGroupID.z / p.heads;
  const uint v_begin = p.v + batch * p.v_batch + head * p.head_dim;

  uint row[ROWS];
  float highest[ROWS], total[ROWS], sums[ROWS * SLICE];
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    row[r] = (gl_WorkGroupID.z * p.queries + min(first_query + r, p.queries - 1)) * p.keys;
    highest[r] = kLowest;
    total[r] = 0;
  }
  [[unroll]] for (uint i = 0; i < ROWS * SLICE; ++i) sums[i] = 0;

  const uint end_key = end_of_seen(first_query, ROWS);
  const uint begin_key = first_seen(first_query) / LANES * LANES;
  for (uint key = begin_key + lane; key < end_key; key += LANES)
    [[unroll]] for (uint r = 0; r < ROWS; ++r)
      if (seen(r, first_query, key)) highest[r] = max(highest[r], logits[row[r] + key]);
  [[unroll]] for (uint r = 0; r < ROWS; ++r) highest[r] = subgroupMax(highest[r]);

  for (uint key0 = begin_key; key0 < end_key; key0 += LANES) {
    const uint key = key0 + lane;
    float weights[ROWS];
    [[unroll]] for (uint r = 0; r < ROWS; ++r) {
      weights[r] = key < end_key && seen(r, first_query, key) ? exp(logits[row[r] + min(key, p.keys - 1)] - highest[r]) : 0.0;
      total[r] += weights[r];
    }
    const uint end = min(key0 + LANES, end_key);
    [[dont_unroll]] for (uint j = key0; j < end; j += 2) {
      float v[2 * SLICE];
      [[unroll]] for (uint i = 0; i < 2; ++i)
        [[unroll]] for (uint d = 0; d < SLICE; ++d)
          v[i * SLICE + d] =
              read_v(v_begin + min(j + i, p.keys - 1) * p.v_stride + min(first_column + d * LANES, p.head_dim - 1));
      [[unroll]] for (uint r = 0; r < ROWS; ++r) {
        const float weight0 = subgroupShuffle(weights[r], j - key0);
        const float weight1 = subgroupShuffle(weights[r], j - key0 + 1);
        [[unroll]] for (uint d = 0; d < SLICE; ++d)
          sums[r * SLICE + d] = fma(weight1, v[SLICE + d], fma(weight0, v[d], sums[r * SLICE + d]));
      }
    }
  }
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    const float scale = 1.0 / subgroupAdd(total[r]);
    const uint y_row = p.y + batch * p.y_batch + (first_query + r) * p.y_stride + head * p.head_dim;
    [[unroll]] for (uint d = 0; d < SLICE; ++d) {
      const uint column = first_column + d * LANES;
      if (first_query + r < p.queries && column < p.head_dim) write_y(y_row + column, sums[r * SLICE + d] * scale);
    }
  }
}
