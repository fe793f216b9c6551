#version 460
#extension GL_GOOGLE_include_directive : require

// y = limit * tanh(x / limit)
#include "elementwise.glsl"

layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };

// Odd Taylor terms near zero, where the quotient would cancel; their error at 0.25 is below 1e-8.
float tanh_exact(float u) {
  const float s = u * u;
  const float tail = -17.0 / 315.0 + s * (62.0 / 2835.0 - s * 1382.0 / 155925.0);
  const float series = u * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * tail)));
  const float quotient = sign(u) * (1.0 - 2.0 / (exp(2.0 * min(abs(u), 20.0)) + 1.0));
  return abs(u) < 0.25 ? series : quotient;
}

void element(uint row, uint column) {
  y[p.y + row * p.width + column] = p.limit * tanh_exact(x[p.a + row * p.a_stride + column] / p.limit);
}
