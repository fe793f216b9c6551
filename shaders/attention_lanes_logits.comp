#version 460
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_GOOGLE_include_directive : require

// Attention on a CPU, first half: a subgroup makes the logits of ROWS queries, its lanes are keys, KEYS each. A lane
// loads its part of q, which then goes round by shuffling.
#include "attention_logits.glsl"

layout(constant_id = 4) const uint LANES = 8;  // of a subgroup
layout(constant_id = 5) const uint ROWS = 16;
layout(constant_id = 6) const uint KEYS = 2;
layout(constant_id = 7) const bool WIDE = false;  // four values of k may be read at a time
layout(local_size_x_id = 4) in;

READS4(1, read_k4, X_TYPE)
layout(binding = 5) writeonly buffer Logits { float logits[]; };  // [batch, heads, queries, keys]

vec4 k_values(uint row, uint d) {
  if (WIDE) return read_k4(row + d);
  vec4 k;
  [[unroll]] for (uint c = 0; c < 4; ++c) k[c] = read_k(row + min(d + c, p.head_dim - 1));
  return k;
}

void main() {
  const uint lane = gl_SubgroupInvocationID;
  const uint first_key = gl_WorkGroupID.x * LANES * KEYS + lane;
  const uint first_query = gl_WorkGroupID.y * ROWS;
  const uint head = gl_WorkGroupID.z % p.heads, batch = gl_WorkGroupID.z / p.heads;

  const uint begin_key = gl_WorkGroupID.x * LANES * KEYS;
  if (begin_key >= end_of_seen(first_query, ROWS) || begin_key + LANES * KEYS <= first_seen(first_query)) return;

  uint q_row[ROWS], k_row[KEYS];
  float sums[ROWS * KEYS];
  [[unroll]] for (uint r = 0; r < ROWS; ++r)
    q_row[r] = p.q + batch * p.q_batch + min(first_query + r, p.queries - 1) * p.q_stride + head * p.head_dim;
  [[unroll]] for (uint i = 0; i < KEYS; ++i)
    k_row[i] = p.k + batch * p.k_batch + min(first_key + i * LANES, p.keys - 1) * p.k_stride + head * p.head_dim;
  [[unroll]] for (uint i = 0; i < ROWS * KEYS; ++i) sums[i] = 0;

  for (uint d0 = 0; d0 < p.head_dim; d0 += LANES) {
    float q[ROWS];
    [[unroll]] for (uint r = 0; r < ROWS; ++r) q[r] = d0 + lane < p.head_dim ? read_q(q_row[r] + d0 + lane) : 0.0;
    const uint end = min(d0 + LANES, p.head_dim);
    [[dont_unroll]] for (uint d = d0; d < end; d += 4) {
      vec4 k[KEYS];
      [[unroll]] for (uint i = 0; i < KEYS; ++i) k[i] = k_values(k_row[i], d);
      [[unroll]] for (uint r = 0; r < ROWS; ++r)
        [[unroll]] for (uint c = 0; c < 4; ++c) {
          const float shared_q = subgroupShuffle(q[r], d - d0 + c);
          [[unroll]] for (uint i = 0; i < KEYS; ++i)
            sums[r * KEYS + i] = fma(shared_q, k[i][c], sums[r * KEYS + i]);
        }
    }
  }
  [[unroll]] for (uint r = 0; r < ROWS; ++r)
    [[unroll]] for (uint i = 0; i < KEYS; ++i) {
      const uint query = first_query + r, key = first_key + i * LANES;
      if (query < p.queries && key < p.keys)
        logits[(gl_WorkGroupID.z * p.queries + query) * p.keys + key] =
            logit(sums[r * KEYS + i], batch, head, query, key);
    }
}
