#version 460
#extension GL_GOOGLE_include_directive : require

// One thread: the chunks of one group of one image, in order. The first chunk's place takes the mean's two
// parts and 1 / deviation.
#include "group_norm.glsl"

layout(local_size_x = 32) in;

layout(binding = 0) buffer Chunks { vec4 moments[]; };

void main() {
  const uint group = gl_GlobalInvocationID.x;
  if (group >= p.images * p.groups) return;
  const uint begin = group * p.chunks;
  Moments all = from_vec4(moments[begin]);
  for (uint i = 1; i < p.chunks; ++i) all = joined(all, from_vec4(moments[begin + i]));
  moments[begin] = vec4(all.near, all.rest, inversesqrt(all.squares / all.count + p.eps), 0);
}
