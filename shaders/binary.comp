#version 460
#extension GL_GOOGLE_include_directive : require

// y[r, c] = f(a[r, c], b[r mod rows(b), c])
#include "elementwise.glsl"

layout(constant_id = 0) const uint A_TYPE = 0;
layout(constant_id = 1) const uint B_TYPE = 0;
layout(constant_id = 2) const uint Y_TYPE = 0;
layout(constant_id = 3) const uint KIND = 0;  // BinaryKind in tensor/kernel_args.h

READS(0, read_a, A_TYPE)
READS(1, read_b, B_TYPE)
WRITES(2, write_y, Y_TYPE)

void element(uint row, uint column) {
  const float a = read_a(p.a + row * p.a_stride + column);
  const float b = read_b(p.b + ((p.first_row + row) % p.b_rows) * p.b_stride + column);
  float value = a + b;
  if (KIND == 1) value = a * b;
  if (KIND == 2) value = gelu_tanh(a) * b;
  if (KIND == 3) value = p.a_weight * a + p.b_weight * b;
  write_y(p.y + row * p.width + column, value);
}
