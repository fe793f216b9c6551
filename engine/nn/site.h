// Sites: the places of a network where a shortcut may attach, and the shortcut's side of the seam. A network
// only names its sites (nn/layers.h); with no accelerator installed a site is a plain call.
#pragma once

#include <functional>
#include <string>

#include "tensor/kernel_args.h"

namespace diorama::nn {

class Walk;

enum class SiteKind { block, branch, core, linear };

struct Site {
  SiteKind kind;
  std::string path;  // as published: "transformer_blocks.7.attn1"
  int index = 0;     // block sites: which block; others: the block they are in, -1 outside
};

// A method that skips work. Each hook may call `next` as it is, answer in its place, call it on fewer tokens
// (rows gathered from x) or on fewer lanes (nn::LaneScope), or change what `next` is given. State is keyed by
// site and lane.
class Accelerator {
 public:
  virtual ~Accelerator() = default;

  // Which kinds of sites the method wants to see; the others keep their fused ops.
  virtual bool attaches_to(SiteKind kind) const = 0;
  // Before the first step of a picture, and after settings change.
  virtual void reset() {}
  // Before each evaluation of the network.
  virtual void begin_step(int /*step*/, int /*num_steps*/) {}

  // x [B, N, D] -> x [B, N, D]
  using Block = std::function<Tensor(const Tensor& x)>;
  virtual Tensor block(Walk&, const Site&, const Tensor& x, const Block& next) { return next(x); }

  // A residual branch before its gate: rows of x (not yet normalised) for queries and for keys -> [B,
  // queries, D]. Branches that do not mix tokens ignore the keys. The result must have as many tokens as x.
  using Branch = std::function<Tensor(const Tensor& query, const Tensor& keys)>;
  virtual Tensor branch(Walk&, const Site&, const Tensor& x, const Branch& next) { return next(x, x); }

  // The attention itself; `args.y` is unset, `next` allocates it.
  using Core = std::function<Tensor(const AttentionArgs& args)>;
  virtual Tensor core(Walk&, const Site&, const AttentionArgs& args, const Core& next) { return next(args); }

  // One matrix product (bias and activation included), x [.., K] in the weight's input type.
  using Linear = std::function<Tensor(const Tensor& x)>;
  virtual Tensor linear(Walk&, const Site&, const Tensor& x, const Linear& next) { return next(x); }
};

}  // namespace diorama::nn
