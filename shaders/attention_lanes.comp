#version 460
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_GOOGLE_include_directive : require

// Attention on a CPU: a subgroup owns ROWS queries of one head. Its lanes are keys while the logits are made, and
// columns of v while those are summed; what all lanes need goes round by broadcast. Softmax is kept up to date key block
// by key block. Heads wider than SLICE vectors are cut: each part makes the logits anew.
#include "attention.glsl"

layout(constant_id = 4) const uint LANES = 8;  // of a subgroup
layout(constant_id = 5) const uint ROWS = 8;
layout(constant_id = 6) const uint KEYS = 4;  // keys a lane takes at once
layout(constant_id = 7) const uint SLICE = 9;  // vectors of LANES columns
layout(local_size_x_id = 4) in;

void main() {
  const uint lane = gl_SubgroupInvocationID;
  const uint slices = (p.head_dim + SLICE * LANES - 1) / (SLICE * LANES);
  const uint first_query = gl_WorkGroupID.x * ROWS;
  const uint head = gl_WorkGroupID.y / slices, batch = gl_WorkGroupID.z;
  const uint first_column = (gl_WorkGroupID.y % slices) * SLICE * LANES;
  const uint k_begin = p.k + batch * p.k_batch + head * p.head_dim;
  const uint v_begin = p.v + batch * p.v_batch + head * p.head_dim;

  uint q_row[ROWS];
  float highest[ROWS], total[ROWS], sums[ROWS * SLICE];
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    const uint query = min(first_query + r, p.queries - 1);
    q_row[r] = p.q + batch * p.q_batch + query * p.q_stride + head * p.head_dim;
    highest[r] = kLowest;
    total[r] = 0;
  }
  [[unroll]] for (uint i = 0; i < ROWS * SLICE; ++i) sums[i] = 0;

  for (uint key0 = 0; key0 < p.keys; key0 += KEYS * LANES) {
    uint k_row[KEYS];
    float weights[ROWS * KEYS];
    [[unroll]] for (uint i = 0; i < KEYS; ++i) k_row[i] = k_begin + min(key0 + i * LANES + lane, p.keys - 1) * p.k_stride;
    [[unroll]] for (uint i = 0; i < ROWS * KEYS; ++i) weights[i] = 0;
    [[dont_unroll]] for (uint d0 = 0; d0 < p.head_dim; d0 += LANES) {
      float q[ROWS];
      [[unroll]] for (uint r = 0; r < ROWS; ++r) q[r] = read_q(q_row[r] + min(d0 + lane, p.head_dim - 1));
      const uint count = min(LANES, p.head_dim - d0);
      [[dont_unroll]] for (uint j = 0; j < count; ++j)
        [[unroll]] for (uint i = 0; i < KEYS; ++i) {
          const float k = read_k(k_row[i] + d0 + j);
          [[unroll]] for (uint r = 0; r < ROWS; ++r)
            weights[r * KEYS + i] = fma(subgroupBroadcast(q[r], j), k, weights[r * KEYS + i]);
        }
    }
    [[unroll]] for (uint r = 0; r < ROWS; ++r) {
      const uint query = min(first_query + r, p.queries - 1);
      float peak = kLowest;
      [[unroll]] for (uint i = 0; i < KEYS; ++i) {
        const uint key = min(key0 + i * LANES + lane, p.keys - 1);
        weights[r * KEYS + i] = logit(weights[r * KEYS + i], batch, head, query, key);
        peak = max(peak, weights[r * KEYS + i]);
      }
      const float raised = max(highest[r], subgroupMax(peak));
      const float fade = exp(highest[r] - raised);
      highest[r] = raised;
      total[r] *= fade;
      [[unroll]] for (uint d = 0; d < SLICE; ++d) sums[r * SLICE + d] *= fade;
      [[unroll]] for (uint i = 0; i < KEYS; ++i) {
        const bool valid = key0 + i * LANES + lane < p.keys;
        weights[r * KEYS + i] = valid ? exp(weights[r * KEYS + i] - raised) : 0.0;
        total[r] += weights[r * KEYS + i];
      }
    }
    [[unroll]] for (uint i = 0; i < KEYS; ++i)
      [[dont_unroll]] for (uint j = 0; j < LANES; ++j) {
        const uint v_row = v_begin + min(key0 + i * LANES + j, p.keys - 1) * p.v_stride;
        [[unroll]] for (uint d = 0; d < SLICE; ++d) {
          const float v = read_v(v_row + min(first_column + d * LANES + lane, p.head_dim - 1));
          [[unroll]] for (uint r = 0; r < ROWS; ++r)
            sums[r * SLICE + d] = fma(subgroupBroadcast(weights[r * KEYS + i], j), v, sums[r * SLICE + d]);
        }
      }
  }
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    const float scale = 1.0 / subgroupAdd(total[r]);
    const uint y_row = p.y + batch * p.y_batch + (first_query + r) * p.y_stride + head * p.head_dim;
    [[unroll]] for (uint d = 0; d < SLICE; ++d) {
      const uint column = first_column + d * LANES + lane;
      if (first_query + r < p.queries && column < p.head_dim) write_y(y_row + column, sums[r * SLICE + d] * scale);
    }
  }
}
