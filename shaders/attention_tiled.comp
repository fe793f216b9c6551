#version 460
#extension GL_GOOGLE_include_directive : require

// Attention on a GPU: a workgroup of 8 x 16 threads owns 32 queries of one head; keys and values come through shared
// memory BK at a time, softmax is kept up to date. Heads wider than DEPTH are cut twice: the logits are summed DEPTH by
// DEPTH, and each part of the columns has a workgroup of its own that makes the logits anew.
#include "attention_logits.glsl"

layout(constant_id = 1) const uint Y_TYPE = 0;
layout(constant_id = 4) const uint BK = 32;
layout(constant_id = 5) const uint DEPTH = 80;  // a multiple of 16
layout(local_size_x = 16, local_size_y = 8) in;

READS(2, read_v, X_TYPE)
WRITES(5, write_y, Y_TYPE)

const uint kThreads = 128;
const uint kQueries = 32;
const uint kRows = 4;             // queries of a thread: y, y + 8, ...
const uint kKeys = BK / 16;       // keys of a thread: x, x + 16, ...
const uint kColumns = DEPTH / 16; // columns of a thread, likewise
const uint kStride = DEPTH + 4;   // four more keep the banks apart
const uint kParts = 4;            // of a row, while its peak is looked for

shared float q_tile[kQueries * kStride];
shared float kv_tile[BK * kStride];
shared float w_tile[kQueries * (BK + 1)];
shared float peaks[kQueries * kParts];

#define LOAD_TILE(tile, read, begin, stride, count, first, limit, d0)                     \
  for (uint i = gl_LocalInvocationIndex; i < (count) * DEPTH; i += kThreads) {            \
    const uint row = i / DEPTH, d = (d0) + i % DEPTH;                                     \
    const bool valid = d < p.head_dim && (first) + row < (limit);                         \
    tile[row * kStride + i % DEPTH] = valid ? read((begin) + ((first) + row) * (stride) + d) : 0.0; \
  }

void main() {
  const uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
  const uint slices = (p.head_dim + DEPTH - 1) / DEPTH;
  const uint first_query = gl_WorkGroupID.x * kQueries;
  const uint head = gl_WorkGroupID.y / slices, batch = gl_WorkGroupID.z;
  const uint first_column = (gl_WorkGroupID.y % slices) * DEPTH;
  const uint q_begin = p.q + batch * p.q_batch + head * p.head_dim;
  const uint k_begin = p.k + batch * p.k_batch + head * p.head_dim;
  const uint v_begin = p.v + batch * p.v_batch + head * p.head_dim;

  float highest[kRows], total[kRows], sums[kRows * kColumns];
  [[unroll]] for (uint r = 0; r < kRows; ++r) {
    highest[r] = kLowest;
    total[r] = 0;
  }
  [[unroll]] for (uint i = 0; i < kRows * kColumns; ++i) sums[i] = 0;

  const uint end_key = end_of_seen(first_query, kQueries);
  const uint begin_key = first_seen(first_query) / BK * BK;
  for (uint key0 = begin_key; key0 < end_key; key0 += BK) {
    float weights[kRows * kKeys];
    [[unroll]] for (uint i = 0; i < kRows * kKeys; ++i) weights[i] = 0;
    for (uint d0 = 0; d0 < p.head_dim; d0 += DEPTH) {
      barrier();
      if (slices > 1 || key0 == begin_key) LOAD_TILE(q_tile, read_q, q_begin, p.q_stride, kQueries, first_query, p.queries, d0)
      LOAD_TILE(kv_tile, read_k, k_begin, p.k_stride, BK, key0, p.keys, d0)
      barrier();
      for (uint d = 0; d < DEPTH; d += 4) {
        vec4 k[kKeys];
        [[unroll]] for (uint i = 0; i < kKeys; ++i)
          [[unroll]] for (uint c = 0; c < 4; ++c) k[i][c] = kv_tile[(x + i * 16) * kStride + d + c];
        [[unroll]] for (uint r = 0; r < kRows; ++r) {
          vec4 q;
          [[unroll]] for (uint c = 0; c < 4; ++c) q[c] = q_tile[(y + r * 8) * kStride + d + c];
          [[unroll]] for (uint i = 0; i < kKeys; ++i)
            [[unroll]] for (uint c = 0; c < 4; ++c)
              weights[r * kKeys + i] = fma(q[c], k[i][c], weights[r * kKeys + i]);
        }
      }
    }
    [[unroll]] for (uint r = 0; r < kRows; ++r)
      [[unroll]] for (uint i = 0; i < kKeys; ++i) {
        const uint query = min(first_query + y + r * 8, p.queries - 1), key = key0 + x + i * 16;
        const float value = logit(weights[r * kKeys + i], batch, head, query, min(key, p.keys - 1));
        weights[r * kKeys + i] = key < p.keys && sees(query, key) ? value : kLowest;
        w_tile[(y + r * 8) * (BK + 1) + x + i * 16] = weights[r * kKeys + i];
      }
    barrier();
    {
      const uint row = gl_LocalInvocationIndex / kParts, part = gl_LocalInvocationIndex % kParts;
      float peak = kLowest;
      for (uint i = part; i < BK; i += kParts) peak = max(peak, w_tile[row * (BK + 1) + i]);
      peaks[gl_LocalInvocationIndex] = peak;
    }
    LOAD_TILE(kv_tile, read_v, v_begin, p.v_stride, BK, key0, p.keys, first_column)
    barrier();
    [[unroll]] for (uint r = 0; r < kRows; ++r) {
      float raised = highest[r];
      [[unroll]] for (uint part = 0; part < kParts; ++part) raised = max(raised, peaks[(y + r * 8) * kParts + part]);
      const float fade = exp(highest[r] - raised);
      highest[r] = raised;
      total[r] *= fade;
      [[unroll]] for (uint j = 0; j < kColumns; ++j) sums[r * kColumns + j] *= fade;
      [[unroll]] for (uint i = 0; i < kKeys; ++i) {
        const uint query = min(first_query + y + r * 8, p.queries - 1), key = key0 + x + i * 16;
        const float weight = key < p.keys && sees(query, key) ? exp(weights[r * kKeys + i] - raised) : 0.0;
        total[r] += weight;
        w_tile[(y + r * 8) * (BK + 1) + x + i * 16] = weight;
      }
    }
    barrier();
    for (uint key = 0; key < BK; ++key) {
      float v[kColumns];
      [[unroll]] for (uint j = 0; j < kColumns; ++j) v[j] = kv_tile[key * kStride + x + j * 16];
      [[unroll]] for (uint r = 0; r < kRows; ++r) {
        const float weight = w_tile[(y + r * 8) * (BK + 1) + key];
        [[unroll]] for (uint j = 0; j < kColumns; ++j)
          sums[r * kColumns + j] = fma(weight, v[j], sums[r * kColumns + j]);
      }
    }
  }
  // The sixteen threads of a row put their totals together, always in the same order.
  barrier();
  [[unroll]] for (uint r = 0; r < kRows; ++r) w_tile[(y + r * 8) * (BK + 1) + x] = total[r];
  barrier();
  [[unroll]] for (uint r = 0; r < kRows; ++r) {
    float all = 0;
    for (uint i = 0; i < 16; ++i) all += w_tile[(y + r * 8) * (BK + 1) + i];
    const uint query = first_query + y + r * 8;
    const uint y_row = p.y + batch * p.y_batch + query * p.y_stride + head * p.head_dim;
    [[unroll]] for (uint j = 0; j < kColumns; ++j) {
      const uint column = first_column + x + j * 16;
      if (query < p.queries && column < p.head_dim) write_y(y_row + column, sums[r * kColumns + j] / all);
    }
  }
}
