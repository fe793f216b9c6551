#version 460
#extension GL_GOOGLE_include_directive : require

// Moves rows, as they are: y[r] = x[ids[r]], or y[ids[r]] = x[r].
#include "tensor.glsl"
#include "kernel_params.h"

layout(constant_id = 0) const bool SCATTER = false;
layout(constant_id = 1) const bool HALF_WORDS = false;  // rows of 16-bit words, else of 32-bit words
layout(local_size_x = 64) in;

layout(push_constant) uniform Push { RowsParams p; };

layout(binding = 0) readonly buffer X32 { uint x32[]; };
layout(binding = 1) readonly buffer Ids { int ids[]; };
layout(binding = 2) writeonly buffer Y32 { uint y32[]; };
#ifdef STORAGE16
layout(binding = 0) readonly buffer X16 { uint16_t x16[]; };
layout(binding = 2) writeonly buffer Y16 { uint16_t y16[]; };
#endif

void main() {
  const uint row = gl_WorkGroupID.y;
  const uint other = uint(ids[p.ids + row]);
  const uint from = p.x + (SCATTER ? row : other) * p.x_stride;
  const uint to = p.y + (SCATTER ? other : row) * p.y_stride;
  for (uint i = 0; i < 4; ++i) {
    const uint column = gl_WorkGroupID.x * 256 + i * 64 + gl_LocalInvocationID.x;
    if (column >= p.width) return;
#ifdef STORAGE16
    if (HALF_WORDS)
      y16[to + column] = x16[from + column];
    else
#endif
      y32[to + column] = x32[from + column];
  }
}
