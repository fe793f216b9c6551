#version 460
#extension GL_GOOGLE_include_directive : require

// What fused multiply-adds alone can do: twelve independent chains of vec4 per invocation, nothing loaded.
#include "kernel_params.h"

layout(local_size_x = 64) in;
layout(push_constant) uniform Parameters { PeakParams p; };
layout(binding = 0) writeonly buffer Y { float y[]; };

void main() {
  vec4 sums[12];
  for (uint i = 0; i < 12; ++i) sums[i] = vec4(float(i) * 1e-3);
  const vec4 factor = vec4(p.factor);
  const vec4 addend = vec4(p.addend);
  for (uint round = 0; round < p.rounds; ++round)
    for (uint i = 0; i < 12; ++i) sums[i] = fma(sums[i], factor, addend);
  vec4 total = vec4(0);
  for (uint i = 0; i < 12; ++i) total += sums[i];
  y[gl_GlobalInvocationID.x] = dot(total, vec4(1));
}
