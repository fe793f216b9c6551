// Element by element: a workgroup takes 256 columns of one row. The kernel defines element(row, column).
#include "common.glsl"

layout(local_size_x = 64) in;
layout(push_constant) uniform Push { ElementwiseParams p; };

void element(uint row, uint column);

void main() {
  for (uint i = 0; i < 4; ++i) {
    const uint column = gl_WorkGroupID.x * 256 + i * 64 + gl_LocalInvocationID.x;
    if (column < p.width) element(gl_WorkGroupID.y, column);
  }
}
