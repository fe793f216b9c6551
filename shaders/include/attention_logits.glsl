// Logits: scale q k plus the biases.
#include "attention.glsl"

layout(constant_id = 0) const uint X_TYPE = 0;  // of q, k and v
layout(constant_id = 2) const bool HAS_KEY_BIAS = false;
layout(constant_id = 3) const bool HAS_POSITION_BIAS = false;

READS(0, read_q, X_TYPE)
READS(1, read_k, X_TYPE)
layout(binding = 3) readonly buffer KeyBias { float key_bias[]; };
layout(binding = 4) readonly buffer PositionBias { float position_bias[]; };

float logit(float product, uint batch, uint head, uint query, uint key) {
  float value = p.scale * product;
  if (HAS_KEY_BIAS) value += key_bias[p.key_bias + batch * p.keys + key];
  if (HAS_POSITION_BIAS)
    value += position_bias[p.position_bias + (head * p.position_stride + p.first_query + query) * p.keys + key];
  return value;
}
