#version 460
#extension GL_GOOGLE_include_directive : require

// Products on a GPU: a workgroup owns a tile of BM rows and BN columns and brings BK of K at a time through shared
// memory; a thread owns TM rows and TN columns of the tile, spaced so that neighbours touch neighbouring banks.
#include "product.glsl"

layout(constant_id = 9) const uint THREADS = 64;  // (BM / TM) * (BN / TN)
layout(constant_id = 10) const uint BM = 64;
layout(constant_id = 11) const uint BN = 64;
layout(constant_id = 12) const uint BK = 16;
layout(constant_id = 13) const uint TM = 8;
layout(constant_id = 14) const uint TN = 8;
layout(constant_id = 15) const bool WIDE_X = false;  // rows of x may be read four values at a time
layout(local_size_x_id = 9) in;

READS4(0, read_x4, X_TYPE)

// HALF keeps the tiles in half precision: half the traffic, the sums stay in fp32.
#ifdef HALF
#define Tile4 uvec2
Tile4 pack4(vec4 v) { return uvec2(packHalf2x16(v.xy), packHalf2x16(v.zw)); }
vec4 unpack4(Tile4 v) { return unpack_f16(v); }
#else
#define Tile4 vec4
Tile4 pack4(vec4 v) { return v; }
vec4 unpack4(Tile4 v) { return v; }
#endif

const uint kDepth4 = BK / 4;
const uint kRowsApart = BM / TM;
const uint kColumns4 = BN / 4;
const uint kColumns4Apart = BN / TN;
const uint kWide = TN / 4;

shared Tile4 x_tile[BM * (kDepth4 + 1)];  // one more a row keeps the banks apart
shared Tile4 w_tile[BK * kColumns4];
shared float y_tile[kRowsApart * BN];

vec4 x_values(Row row, uint k) {
  vec4 x;
  if (WIDE_X) {
    const Tap tap = tap_at(k);
    uint index;
    return x_index(row, tap, k < p.k, index) ? read_x4(index) : vec4(0);
  }
  for (uint c = 0; c < 4; ++c) x[c] = x_value(row, tap_at(k + c), k + c < p.k);
  return x;
}

void load_tiles(uint first_row, uint first_column, uint k0) {
  for (uint i = gl_LocalInvocationIndex; i < BM * kDepth4; i += THREADS) {
    const Row row = row_at(min(first_row + i / kDepth4, p.rows - 1));
    x_tile[(i / kDepth4) * (kDepth4 + 1) + i % kDepth4] = pack4(x_values(row, k0 + (i % kDepth4) * 4));
  }
  for (uint i = gl_LocalInvocationIndex; i < BK * kColumns4; i += THREADS) {
    const uint k = k0 + i / kColumns4;
    const uint column = weight_column(first_column + (i % kColumns4) * 4);
    w_tile[i] = pack4(k < p.k ? read_weight(column + k * 32) : vec4(0));
  }
}

void main() {
  const uint first_row = gl_WorkGroupID.y * BM, first_column = gl_WorkGroupID.x * BN;
  const uint column4 = gl_LocalInvocationIndex % kColumns4Apart;
  const uint row = gl_LocalInvocationIndex / kColumns4Apart;

  vec4 sums[TM * kWide];
  [[unroll]] for (uint i = 0; i < TM * kWide; ++i) sums[i] = vec4(0);
  for (uint k0 = 0; k0 < p.k; k0 += BK) {
    load_tiles(first_row, first_column, k0);
    barrier();
    for (uint k4 = 0; k4 < kDepth4; ++k4) {
      vec4 x[TM];
      [[unroll]] for (uint i = 0; i < TM; ++i)
        x[i] = unpack4(x_tile[(row + i * kRowsApart) * (kDepth4 + 1) + k4]);
      [[unroll]] for (uint c = 0; c < 4; ++c)
        [[unroll]] for (uint j = 0; j < kWide; ++j) {
          const vec4 w = unpack4(w_tile[(k4 * 4 + c) * kColumns4 + column4 + j * kColumns4Apart]);
          [[unroll]] for (uint i = 0; i < TM; ++i)
            sums[i * kWide + j] = fma(vec4(x[i][c]), w, sums[i * kWide + j]);
        }
    }
    barrier();
  }
  // By way of shared memory, so that neighbours write neighbouring columns.
  [[unroll]] for (uint i = 0; i < TM; ++i) {
    barrier();
    [[unroll]] for (uint j = 0; j < kWide; ++j)
      [[unroll]] for (uint c = 0; c < 4; ++c)
        y_tile[row * BN + (column4 + j * kColumns4Apart) * 4 + c] = sums[i * kWide + j][c];
    barrier();
    for (uint e = gl_LocalInvocationIndex; e < kRowsApart * BN; e += THREADS)
      finish(first_row + i * kRowsApart + e / BN, first_column + e % BN, y_tile[e]);
  }
}
