#version 460
#extension GL_GOOGLE_include_directive : require

// y = act(x), and a change of type.
#include "elementwise.glsl"

layout(constant_id = 0) const uint X_TYPE = 0;
layout(constant_id = 1) const uint Y_TYPE = 0;
layout(constant_id = 2) const uint ACTIVATION = 0;

READS(0, read_x, X_TYPE)
WRITES(1, write_y, Y_TYPE)

void element(uint row, uint column) {
  write_y(p.y + row * p.width + column, activate(read_x(p.a + row * p.a_stride + column), ACTIVATION));
}
