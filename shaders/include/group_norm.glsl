// Statistics of a group: partial ones per chunk of pixels, then put together in a fixed order.
#include "common.glsl"

layout(push_constant) uniform Push { GroupNormParams p; };

// Number of values, their mean, and the sum of squares of what is left.
struct Moments {
  float count, mean, squares;
};

// Chan's formula for two disjoint sets.
Moments joined(Moments a, Moments b) {
  const float count = a.count + b.count;
  const float apart = b.mean - a.mean;
  return Moments(count, a.mean + apart * (b.count / count),
                 a.squares + b.squares + apart * apart * (a.count * b.count / count));
}
