// What the attention kernels share.
#include "common.glsl"

layout(push_constant) uniform Push { AttentionParams p; };

const float kLowest = -3.402823466e38;  // no finite logit is lower; differences from it stay numbers
