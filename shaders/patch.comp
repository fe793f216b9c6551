#version 460
#extension GL_GOOGLE_include_directive : require

// Pixels of patches side by side: images [B, C, H, W] <-> tokens [B, (H/p)(W/p), p p C]. One image value a thread.
#include "common.glsl"

layout(constant_id = 0) const uint TOKEN_TYPE = 0;
layout(constant_id = 1) const bool TO_TOKENS = true;
layout(constant_id = 2) const bool CHANNEL_FASTEST = false;  // a token is (ph, pw, c), else (c, ph, pw)
layout(local_size_x = 64) in;

layout(push_constant) uniform Push { PatchParams p; };

layout(binding = 0) buffer Image { float image[]; };
READS(1, read_token, TOKEN_TYPE)
WRITES(1, write_token, TOKEN_TYPE)

void main() {
  const uint column = gl_WorkGroupID.x * 64 + gl_LocalInvocationID.x;
  const uint line = gl_WorkGroupID.y % p.height;
  const uint channel = gl_WorkGroupID.y / p.height;
  const uint batch = gl_WorkGroupID.z;
  if (column >= p.width) return;

  const uint size = p.patch_size, columns = p.width / size;
  const uint token = (batch * (p.height / size) + line / size) * columns + column / size;
  const uint ph = line % size, pw = column % size;
  const uint within = CHANNEL_FASTEST ? (ph * size + pw) * p.channels + channel : (channel * size + ph) * size + pw;
  const uint at_token = p.tokens + token * size * size * p.channels + within;
  const uint at_image = p.image + ((batch * p.channels + channel) * p.height + line) * p.width + column;
  if (TO_TOKENS)
    write_token(at_token, image[at_image]);
  else
    image[at_image] = read_token(at_token);
}
