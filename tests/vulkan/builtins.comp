#version 460
#extension GL_GOOGLE_include_directive : require

// Every built-in that the kernels use, on one value a thread: the bits of what it gives.
#include "nearest.glsl"
#include "tensor.glsl"

layout(local_size_x = 64) in;
layout(push_constant) uniform Push { uint count; };

layout(binding = 0) readonly buffer X { uint x[]; };
layout(binding = 1) writeonly buffer Y { uint y[]; };  // [built-in, value], in the order of builtins_test.cpp
#ifdef STORAGE16
layout(binding = 2) readonly buffer Halves { float16_t halves[]; };    // two a value: low, high
layout(binding = 3) writeonly buffer AsHalves { float16_t as_halves[]; };
#endif

uint row = 0;
void put(uint bits) { y[count * row++ + gl_GlobalInvocationID.x] = bits; }
void put(int value) { put(uint(value)); }
void put(float value) { put(floatBitsToUint(value)); }

void main() {
  const uint i = gl_GlobalInvocationID.x;
  if (i >= count) return;
  const uint bits = x[i];
  const float value = uintBitsToFloat(bits);
  put(nearest_code(value));
  put(roundEven(value));
  put(int(value));
  put(uint(value));
  put(float(int(bits)));
  put(float(bits));
  put(isnan(value) ? 1 : 0);
  put(isinf(value) ? 1 : 0);
  put(sign(value));
  put(abs(value));
  put(min(value, 0.75));
  put(max(value, 0.75));
  put(exp(value));
  put(sqrt(value));
  put(inversesqrt(value));
  put(127.0 / value);
  put(fma(value, 3.0, 0.7));
  put(bitfieldExtract(int(bits), 8, 8));
  put(bitfieldExtract(bits, 4, 4));
  put(bitfieldInsert(0x01010101, int(bits), 8, 8));
  put(unpackHalf2x16(bits).x);
  put(unpackHalf2x16(bits).y);
  put(packHalf2x16(vec2(value, 2.0 * value)));
#ifdef STORAGE16
  put(float(halves[2 * i]));
  put(float(halves[2 * i + 1]));
  as_halves[i] = float16_t(value);
#endif
}
