#version 460
#extension GL_GOOGLE_include_directive : require

// One thread: one group of channels over one chunk of pixels, in two passes over the same values.
#include "group_norm.glsl"

layout(constant_id = 0) const uint X_TYPE = 0;
layout(local_size_x = 32) in;

READS(0, read_x, X_TYPE)
layout(binding = 1) writeonly buffer Chunks { vec4 moments[]; };  // [images][groups][chunks]

void main() {
  const uint group = gl_GlobalInvocationID.x, chunk = gl_WorkGroupID.y, image = gl_WorkGroupID.z;
  if (group >= p.groups) return;
  const uint width = p.channels / p.groups;
  const uint first = chunk * p.chunk, last = min(first + p.chunk, p.pixels);
  const uint begin = p.x + image * p.pixels * p.channels + group * width;

  const float near = read_x(begin + first * p.channels);
  float sum = 0;
  for (uint pixel = first; pixel < last; ++pixel) {
    float line = 0;
    for (uint c = 0; c < width; ++c) line += read_x(begin + pixel * p.channels + c) - near;
    sum += line;
  }
  const float count = float((last - first) * width);
  const float rest = sum / count;
  float squares = 0;
  for (uint pixel = first; pixel < last; ++pixel) {
    float line = 0;
    for (uint c = 0; c < width; ++c) {
      const float d = (read_x(begin + pixel * p.channels + c) - near) - rest;
      line = fma(d, d, line);
    }
    squares += line;
  }
  const uint at = ((p.first_image + image) * p.groups + group) * p.chunks + p.first_chunk + chunk;
  moments[at] = to_vec4(Moments(count, near, rest, squares));
}
