// Sites: the places of a network where a shortcut may attach, and the shortcut's side of the seam. A network
// only names its sites (nn/layers.h); with no accelerator installed a site is a plain call.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tensor/host_tensor.h"
#include "tensor/kernel_args.h"

namespace diorama::nn {

class Walk;

enum class SiteKind { network, block, branch, core, linear, product };

struct Site {
  SiteKind kind;
  std::string path;  // as published: "transformer_blocks.7.attn1"
  int index = 0;     // block sites: which block; others: the block they are in, -1 outside
};

// One evaluation of the network within a run.
struct Evaluation {
  int index = 0;           // 0 .. count - 1; solvers of second order make two in a step
  int count = 1;           // in the run
  std::vector<int> lanes;  // the rows of the batch, as lanes of the run: what caches are keyed by
};

// A method that skips work. Each hook may call `next` as it is, answer in its place, call it on fewer tokens
// (rows gathered from x) or on fewer lanes (nn::LaneScope), or change what `next` is given. State is keyed by
// site and lane.
class Accelerator {
 public:
  virtual ~Accelerator() = default;

  // Which kinds of sites the method wants to see; the others keep their fused ops.
  virtual bool attaches_to(SiteKind kind) const = 0;
  // Before each evaluation of the network.
  virtual void begin(const Evaluation& /*evaluation*/) {}

  // The whole evaluation, on the host: latent x [1, C, h, w] -> a row [1, C', h, w] for each lane, in order.
  // `next` computes some of the evaluation's lanes, neighbours in the batch.
  using Network = std::function<HostTensor(const std::vector<int>& lanes)>;
  virtual HostTensor network(const HostTensor& /*x*/, const Evaluation& evaluation, const Network& next) {
    return next(evaluation.lanes);
  }

  // x [B, N, D] -> x [B, N, D]
  using Block = std::function<Tensor(const Tensor& x)>;
  virtual Tensor block(Walk&, const Site&, const Tensor& x, const Block& next) { return next(x); }

  // A residual branch before its gate: rows of x (not yet normalised) for queries and for keys -> [B,
  // queries, D]. Branches that do not mix tokens ignore the keys. The two are the same tensor unless a method
  // further out gave others.
  using Branch = std::function<Tensor(const Tensor& query, const Tensor& keys)>;
  virtual Tensor branch(Walk&, const Site&, const Tensor& query, const Tensor& keys, const Branch& next) {
    return next(query, keys);
  }

  // The attention itself, its result wanted as `output`; `args.y` is unset, `next` allocates it.
  using Core = std::function<Tensor(const AttentionArgs& args, const InputForm& output)>;
  virtual Tensor core(Walk&, const Site&, const AttentionArgs& args, const InputForm& output,
                      const Core& next) {
    return next(args, output);
  }

  // One matrix product (bias and activation included), x [.., K] in the weight's input type.
  using Linear = std::function<Tensor(const Tensor& x)>;
  virtual Tensor linear(Walk&, const Site&, const Tensor& x, const Linear& next) { return next(x); }

  // The same product bare, inside of `linear`: y = x W^T + b in fp32; activation and form come after it.
  virtual Tensor product(Walk&, const Site&, const Weight&, const Tensor& x, const Linear& next) {
    return next(x);
  }
};

}  // namespace diorama::nn
