#include "cpu/kernels.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {
namespace {

// Of one lane.
int64_t pairs_seen(int64_t queries, int64_t keys, int64_t window) {
  if (window == 0 || window >= keys) return queries * keys;
  return keys * (2 * window + 1) - window * (window + 1);
}

}  // namespace

void attention(Stream& stream, const AttentionArgs& args) {
  const Shape& q = args.q.shape();
  const Shape& k = args.k.shape();
  require(q.rank() == 3 && k.rank() == 3 && args.v.shape() == k && args.y.shape() == q && q[0] == k[0] &&
              q.last() == k.last() && q.last() % args.num_heads == 0 && k[1] > 0,
          "[attention] q {}, k {}, v {}, {} heads", q.to_string(), k.to_string(), args.v.shape().to_string(),
          args.num_heads);
  require(args.q.dtype() == args.k.dtype() && args.q.dtype() == args.v.dtype(),
          "[attention] q, k, v of one type");
  if (args.key_bias)
    require(args.key_bias.shape() == Shape({q[0], k[1]}), "[attention] key bias {}",
            args.key_bias.shape().to_string());
  if (args.position_bias)
    require(args.position_bias.shape() == Shape({args.num_heads, q[1], k[1]}), "[attention] position bias {}",
            args.position_bias.shape().to_string());
  require(args.window >= 0 && (args.window == 0 || q[1] == k[1]), "[attention] window {} over q {}, k {}",
          args.window, q.to_string(), k.to_string());
  if (quantise_apart(stream, args, attention)) return;
  stream.count(2 * static_cast<uint64_t>(q[0] * pairs_seen(q[1], k[1], args.window)) *
               static_cast<uint64_t>(q.last()));
  dispatch(stream, args, cpu::attention, vulkan::attention);
}

}  // namespace diorama::ops
