#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

#include "kernel_params.h"
#include "tensor.glsl"

// Numbers of Activation in tensor/kernel_args.h.
const uint kSilu = 1, kGeluTanh = 2, kRelu = 3;

// x / (1 + e^-u); below -80 nothing is left, and e^80 is still finite.
float sigmoid_times(float x, float u) { return u < -80.0 ? 0.0 : x / (1.0 + exp(-u)); }

float silu(float x) { return sigmoid_times(x, x); }

// 0.5 x (1 + tanh(u)), u = sqrt(2 / pi) (x + 0.044715 x^3), written as x sigmoid(2 u): no cancellation.
float gelu_tanh(float x) { return sigmoid_times(x, 1.5957691216057308 * (x + 0.044715 * x * x * x)); }

float activate(float x, uint kind) {
  if (kind == kSilu) return silu(x);
  if (kind == kGeluTanh) return gelu_tanh(x);
  if (kind == kRelu) return max(x, 0.0);
  return x;
}

// Rounded after the product and after the sum, so that fused and separate kernels agree to the bit.
float gated(float residual, float gate, float x) {
  precise float product = gate * x;
  precise float sum = residual + product;
  return sum;
}

// a / divisor for a < 2^20, by way of floats: integer division is slow everywhere.
uint divide(uint a, float inverse) { return uint((float(a) + 0.5) * inverse); }
