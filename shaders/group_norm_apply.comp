#version 460
#extension GL_GOOGLE_include_directive : require

// y = act((x - mean) / deviation * weight + bias); a workgroup takes 256 values of one image.
#include "group_norm.glsl"

layout(constant_id = 0) const uint X_TYPE = 0;
layout(constant_id = 1) const uint Y_TYPE = 0;
layout(constant_id = 2) const uint ACTIVATION = 0;
layout(local_size_x = 64) in;

READS(0, read_x, X_TYPE)
layout(binding = 1) readonly buffer Chunks { vec4 moments[]; };
layout(binding = 2) readonly buffer Weight { float weight[]; };
layout(binding = 3) readonly buffer Bias { float bias[]; };
WRITES(4, write_y, Y_TYPE)

void main() {
  const uint size = p.pixels * p.channels, image = gl_WorkGroupID.z;
  const uint width = p.channels / p.groups;
  for (uint i = 0; i < 4; ++i) {
    const uint at = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * 256 + i * 64 + gl_LocalInvocationID.x;
    if (at >= size) return;
    const uint channel = at % p.channels;
    const vec4 moment = moments[((p.first_image + image) * p.groups + channel / width) * p.chunks];
    const float normal = ((read_x(p.x + image * size + at) - moment.x) - moment.y) * moment.z;
    const float value = normal * weight[p.weight + channel] + bias[p.bias + channel];
    write_y(p.y + image * size + at, activate(value, ACTIVATION));
  }
}
