#version 460
#extension GL_GOOGLE_include_directive : require

// A workgroup normalises one row: mean, then the mean square of what is left, then the affine maps.
#include "common.glsl"
#include "workgroup_sum.glsl"

layout(constant_id = 1) const uint Y_TYPE = 0;
layout(constant_id = 2) const bool RMS = false;  // no mean is taken off
layout(constant_id = 3) const bool HAS_WEIGHT = false;
layout(constant_id = 4) const bool HAS_BIAS = false;
layout(constant_id = 5) const bool HAS_MODULATION = false;

layout(push_constant) uniform Push { NormParams p; };

layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) readonly buffer Weight { float weight[]; };
layout(binding = 2) readonly buffer Bias { float bias[]; };
layout(binding = 3) readonly buffer Shift { float shift[]; };
layout(binding = 4) readonly buffer Scale { float scale[]; };
WRITES(5, write_y, Y_TYPE)

void main() {
  const uint row = gl_WorkGroupID.x, thread = gl_LocalInvocationID.x;
  const uint begin = p.x + row * p.width;
  float mean = 0;
  if (!RMS) {
    float sum = 0;
    for (uint c = thread; c < p.width; c += THREADS) sum += x[begin + c];
    mean = workgroup_sum(sum) / float(p.width);
  }
  float squares = 0;
  for (uint c = thread; c < p.width; c += THREADS) {
    const float d = x[begin + c] - mean;
    squares = fma(d, d, squares);
  }
  const float inverse = inversesqrt(workgroup_sum(squares) / float(p.width) + p.eps);
  const uint batch = (p.first_row + row) / p.rows_per_batch;
  for (uint c = thread; c < p.width; c += THREADS) {
    float value = (x[begin + c] - mean) * inverse;
    if (HAS_WEIGHT) value *= weight[p.weight + c];
    if (HAS_BIAS) value += bias[p.bias + c];
    if (HAS_MODULATION)
      value = value * (1.0 + scale[p.scale + batch * p.scale_stride + c]) + shift[p.shift + batch * p.shift_stride + c];
    write_y(p.y + row * p.width + c, value);
  }
}
