#version 460
#extension GL_GOOGLE_include_directive : require

// y = act(x) * multiplier, rotated block by block (formats/hadamard.h), as 8-bit codes with a scale for the row. A
// workgroup takes a row, 1024 values at a time: once for the largest, once for the codes.
#include "common.glsl"
#include "nearest.glsl"

layout(constant_id = 0) const uint THREADS = 128;  // a power of two
layout(constant_id = 1) const uint X_TYPE = 0;
layout(constant_id = 2) const uint ACTIVATION = 0;
layout(constant_id = 3) const bool HAS_MULTIPLIER = false;
layout(constant_id = 4) const uint ROTATION = 1;
layout(local_size_x_id = 0) in;

layout(push_constant) uniform Push { ElementwiseParams p; };

READS(0, read_x, X_TYPE)
layout(binding = 1) readonly buffer Multiplier { float multiplier[]; };
layout(binding = 2) writeonly buffer Codes { int y_words[]; };

const uint kChunk = 1024;  // a multiple of every rotation's order

shared float values[kChunk];
shared float extents[THREADS];
shared float faults[THREADS];
shared int totals[THREADS];

void rotate_stage(uint apart) {
  for (uint i = gl_LocalInvocationIndex; i < kChunk / 4; i += THREADS) {
    const uint a = i / apart * apart * 4 + i % apart;
    const float v0 = values[a], v1 = values[a + apart], v2 = values[a + 2 * apart], v3 = values[a + 3 * apart];
    const float sum = (v0 + v1) + (v2 + v3);
    values[a] = sum - 2.0 * v3;
    values[a + apart] = sum - 2.0 * v2;
    values[a + 2 * apart] = sum - 2.0 * v1;
    values[a + 3 * apart] = sum - 2.0 * v0;
  }
  barrier();
}

void load_chunk(uint row, uint begin) {
  barrier();
  for (uint i = gl_LocalInvocationIndex; i < kChunk; i += THREADS) {
    const uint c = begin + i;
    float value = c < p.width ? activate(read_x(p.a + row * p.a_stride + c), ACTIVATION) : 0.0;
    if (HAS_MULTIPLIER && c < p.width) value *= multiplier[p.b + c];
    values[i] = value;
  }
  barrier();
  for (uint apart = 1; apart < ROTATION; apart *= 4) rotate_stage(apart);
}

void main() {
  const uint row = gl_WorkGroupID.x, thread = gl_LocalInvocationIndex;
  float extent = 0, fault = 0;
  for (uint begin = 0; begin < p.width; begin += kChunk) {
    load_chunk(row, begin);
    for (uint i = thread; i < kChunk; i += THREADS) {
      extent = max(extent, abs(values[i]));
      fault += isnan(values[i]) || isinf(values[i]) ? 1.0 : 0.0;
    }
  }
  extents[thread] = extent;
  faults[thread] = fault;
  for (uint half_size = THREADS / 2; half_size > 0; half_size /= 2) {
    barrier();
    if (thread < half_size) {
      extents[thread] = max(extents[thread], extents[thread + half_size]);
      faults[thread] += faults[thread + half_size];
    }
  }
  barrier();
  extent = extents[0];
  const float inverse = extent > 0.0 ? 127.0 / extent : 0.0;
  const uint out_row = p.y + row * p.c_stride;  // in words
  int total = 0;
  for (uint begin = 0; begin < p.width; begin += kChunk) {
    load_chunk(row, begin);
    for (uint i = thread; i < kChunk / 4 && begin + 4 * i < p.b_stride * 4; i += THREADS) {
      int word = 0;
      for (uint j = 0; j < 4; ++j) {
        const int code = begin + 4 * i + j < p.width ? nearest_code(values[4 * i + j] * inverse) : 0;
        total += code;
        word = bitfieldInsert(word, code, int(8 * j), 8);
      }
      y_words[out_row + begin / 4 + i] = word;
    }
  }
  totals[thread] = total;
  for (uint half_size = THREADS / 2; half_size > 0; half_size /= 2) {
    barrier();
    if (thread < half_size) totals[thread] += totals[thread + half_size];
  }
  barrier();
  if (thread != 0) return;
  precise float scale = extent / 127.0;
  if (ROTATION > 1) scale /= sqrt(float(ROTATION));
  if (faults[0] > 0.0) scale = uintBitsToFloat(0x7fc00000u);  // what is no number stays none
  y_words[out_row + p.b_stride] = floatBitsToInt(scale);
  y_words[out_row + p.b_stride + 1] = totals[0];
}
