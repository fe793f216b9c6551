// What the attention kernels share.
#include "common.glsl"

layout(push_constant) uniform Push { AttentionParams p; };

// Keys that some of the queries [first, first + count) of the dispatch see.
uint first_seen(uint first) {
  const uint query = p.first_query + first;
  return p.window == 0 || query < p.window ? 0 : query - p.window;
}
uint end_of_seen(uint first, uint count) {
  return p.window == 0 ? p.keys : min(p.keys, p.first_query + min(first + count, p.queries) + p.window);
}
bool sees(uint query, uint key) {
  const uint i = p.first_query + query;
  return p.window == 0 || (key <= i + p.window && i <= key + p.window);
}

const float kLowest = -3.402823466e38;  // no finite logit is lower; differences from it stay numbers
