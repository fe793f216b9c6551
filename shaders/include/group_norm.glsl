// Statistics of a group: partial ones per chunk of pixels, then put together in a fixed order.
#include "common.glsl"

layout(push_constant) uniform Push { GroupNormParams p; };

// Number of values, their mean as a near value plus the rest (small against it), the sum of squares around the mean.
struct Moments {
  float count, near, rest, squares;
};

Moments from_vec4(vec4 v) { return Moments(v.x, v.y, v.z, v.w); }
vec4 to_vec4(Moments m) { return vec4(m.count, m.near, m.rest, m.squares); }

// Chan's formula for two disjoint sets.
Moments joined(Moments a, Moments b) {
  const float count = a.count + b.count;
  const float apart = (b.near - a.near) + (b.rest - a.rest);
  return Moments(count, a.near, a.rest + apart * (b.count / count),
                 a.squares + b.squares + apart * apart * (a.count * b.count / count));
}
