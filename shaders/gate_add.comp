#version 460
#extension GL_GOOGLE_include_directive : require

// y = residual + gate * x, the gate per batch row.
#include "elementwise.glsl"

layout(constant_id = 0) const bool HAS_GATE = false;

layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) readonly buffer Gate { float gate[]; };
layout(binding = 2) readonly buffer Residual { float residual[]; };
layout(binding = 3) writeonly buffer Y { float y[]; };

void element(uint row, uint column) {
  const float value = x[p.a + row * p.a_stride + column];
  const float kept = residual[p.c + row * p.c_stride + column];
  const uint batch = (p.first_row + row) / p.rows_per_batch;
  y[p.y + row * p.width + column] =
      HAS_GATE ? gated(kept, gate[p.b + batch * p.b_stride + column], value) : kept + value;
}
