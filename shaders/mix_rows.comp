#version 460
#extension GL_GOOGLE_include_directive : require

// Rows mixed with weights: y[r] = sum over j of weights[r, j] * x[ids[r, j]].
#include "tensor.glsl"
#include "kernel_params.h"

layout(local_size_x = 64) in;

layout(push_constant) uniform Push { MixRowsParams p; };

layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) readonly buffer Ids { int ids[]; };
layout(binding = 2) readonly buffer Weights { float weights[]; };
layout(binding = 3) writeonly buffer Y { float y[]; };

void main() {
  const uint row = gl_WorkGroupID.y;
  for (uint i = 0; i < 4; ++i) {
    const uint column = gl_WorkGroupID.x * 256 + i * 64 + gl_LocalInvocationID.x;
    if (column >= p.width) return;
    float sum = 0.0;
    for (uint j = 0; j < p.each; ++j) {
      const uint from = uint(ids[p.ids + row * p.each + j]);
      sum += weights[p.weights + row * p.each + j] * x[p.x + from * p.x_stride + column];
    }
    y[p.y + row * p.width + column] = sum;
  }
}
