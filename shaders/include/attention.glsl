// What the attention kernels share.
#include "common.glsl"

layout(constant_id = 0) const uint X_TYPE = 0;  // of q, k and v
layout(constant_id = 1) const uint Y_TYPE = 0;
layout(constant_id = 2) const bool HAS_KEY_BIAS = false;
layout(constant_id = 3) const bool HAS_POSITION_BIAS = false;

layout(push_constant) uniform Push { AttentionParams p; };

READS(0, read_q, X_TYPE)
READS(1, read_k, X_TYPE)
READS(2, read_v, X_TYPE)
layout(binding = 3) readonly buffer KeyBias { float key_bias[]; };
layout(binding = 4) readonly buffer PositionBias { float position_bias[]; };
WRITES(5, write_y, Y_TYPE)

const float kLowest = -3.0e38;  // below every logit, yet finite: differences stay numbers

// Logit of a product q k.
float logit(float product, uint batch, uint head, uint query, uint key) {
  float value = p.scale * product;
  if (HAS_KEY_BIAS) value += key_bias[p.key_bias + batch * p.keys + key];
  if (HAS_POSITION_BIAS)
    value += position_bias[p.position_bias + (head * p.position_stride + p.first_query + query) * p.keys + key];
  return value;
}
