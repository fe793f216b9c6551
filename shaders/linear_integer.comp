#version 460
#extension GL_GOOGLE_include_directive : require

// Products of 8-bit codes: as linear_tiled, with four of K in a word and sums in int32. 4-bit codes become levels when a
// tile is loaded.
#include "product.glsl"
#include "dot4.glsl"
#include "nearest.glsl"

layout(constant_id = 9) const uint THREADS = 64;  // (BM / TM) * (BN / TN)
layout(constant_id = 10) const uint BM = 64;
layout(constant_id = 11) const uint BN = 64;
layout(constant_id = 12) const uint BK = 8;  // words
layout(constant_id = 13) const uint TM = 8;
layout(constant_id = 14) const uint TN = 8;
layout(constant_id = 15) const uint GROUP = 0;  // words of K that share a scale; 0: weights are levels
layout(local_size_x_id = 9) in;

layout(binding = 0) readonly buffer Codes { int x_words[]; };
layout(binding = 1) readonly buffer Weights { uint w_words[]; };

const uint kPanel = 32;
const uint kRowsApart = BM / TM;
const uint kColumnsApart = BN / TN;

shared int x_tile[BM * (BK + 1)];  // one more a row keeps the banks apart
shared int w_tile[BK * BN];

// A panel: codes [K' / 4 or K' / 8][32] words, row scales f32 [32], group scales f16 [groups][32].
uint code_words() { return (GROUP == 0 ? p.k : p.k / 2) * kPanel; }
uint panel_words() { return code_words() + kPanel + (GROUP == 0 ? 0 : p.k / GROUP * kPanel / 2); }
// Where the panel of a column begins; beyond the last panel: in the last.
uint panel_at(uint column) { return min(column, (p.columns - 1) / kPanel * kPanel) / kPanel * panel_words(); }

float row_scale(uint column) { return uintBitsToFloat(w_words[panel_at(column) + code_words() + column % kPanel]); }

float group_scale(uint column, uint group) {
  const uint word = w_words[panel_at(column) + code_words() + kPanel + (group * kPanel + column % kPanel) / 2];
  return column % 2 == 0 ? unpackHalf2x16(word).x : unpackHalf2x16(word).y;
}

// Four nibbles q + 8 as four levels.
int levels_of(uint nibbles, float scale) {
  int word = 0;
  for (int i = 0; i < 4; ++i) {
    const int level = nearest_code(scale * float(int(bitfieldExtract(nibbles, 4 * i, 4)) - 8));
    word = bitfieldInsert(word, level, 8 * i, 8);
  }
  return word;
}

void load_tiles(uint first_row, uint first_column, uint k0) {
  for (uint i = gl_LocalInvocationIndex; i < BM * BK; i += THREADS) {
    const uint row = min(first_row + i / BK, p.rows - 1);
    x_tile[(i / BK) * (BK + 1) + i % BK] = x_words[p.x + row * p.x_stride + k0 + i % BK];
  }
  if (GROUP == 0) {
    for (uint i = gl_LocalInvocationIndex; i < BK * BN; i += THREADS) {
      const uint column = first_column + i % BN;
      w_tile[i] = int(w_words[panel_at(column) + (k0 + i / BN) * kPanel + column % kPanel]);
    }
  } else {
    for (uint i = gl_LocalInvocationIndex; i < BK / 2 * BN; i += THREADS) {
      const uint column = first_column + i % BN;
      const uint k = k0 + i / BN * 2;
      const uint nibbles = w_words[panel_at(column) + k / 2 * kPanel + column % kPanel];
      const float scale = group_scale(column, k / GROUP);
      w_tile[i / BN * 2 * BN + i % BN] = levels_of(nibbles, scale);
      w_tile[(i / BN * 2 + 1) * BN + i % BN] = levels_of(nibbles >> 16, scale);
    }
  }
}

void main() {
  const uint first_row = gl_WorkGroupID.y * BM, first_column = gl_WorkGroupID.x * BN;
  const uint column = gl_LocalInvocationIndex % kColumnsApart;
  const uint row = gl_LocalInvocationIndex / kColumnsApart;

  int sums[TM * TN];
  [[unroll]] for (uint i = 0; i < TM * TN; ++i) sums[i] = 0;
  for (uint k0 = 0; k0 < p.k; k0 += BK) {
    load_tiles(first_row, first_column, k0);
    barrier();
    [[unroll]] for (uint k = 0; k < BK; ++k) {
      int x[TM];
      [[unroll]] for (uint i = 0; i < TM; ++i) x[i] = x_tile[(row + i * kRowsApart) * (BK + 1) + k];
      [[unroll]] for (uint j = 0; j < TN; ++j) {
        const int w = w_tile[k * BN + column + j * kColumnsApart];
        [[unroll]] for (uint i = 0; i < TM; ++i) sums[i * TN + j] += dot4(x[i], w);
      }
    }
    barrier();
  }
  [[unroll]] for (uint i = 0; i < TM; ++i) {
    const uint r = first_row + row + i * kRowsApart;
    const float x_scale = intBitsToFloat(x_words[p.x + min(r, p.rows - 1) * p.x_stride + p.k]);
    [[unroll]] for (uint j = 0; j < TN; ++j) {
      const uint c = first_column + column + j * kColumnsApart;
      precise float value = float(sums[i * TN + j]) * x_scale * row_scale(c);
      finish(r, c, value);
    }
  }
}
