#version 460
#extension GL_GOOGLE_include_directive : require

// Rows of 8-bit codes to their values: the row's scale times the code.
#include "elementwise.glsl"

layout(binding = 0) readonly buffer Codes { int x_words[]; };
layout(binding = 1) writeonly buffer Values { float y_values[]; };

void element(uint row, uint column) {
  const uint first = p.a + row * p.a_stride;  // in words
  const int code = bitfieldExtract(x_words[first + column / 4], int(column % 4 * 8), 8);
  y_values[p.y + row * p.width + column] = intBitsToFloat(x_words[first + p.b_stride]) * float(code);
}
