// One pass of a network over a device (or over shapes alone): the stream, the weights, the lanes, the
// accelerators.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nn/site.h"
#include "nn/weights.h"
#include "tensor/stream.h"

namespace diorama::nn {

// How often sites of the branches were reached and how often they were computed; the multiply-adds of every
// block.
struct SiteCounts {
  int64_t reached = 0;
  int64_t computed = 0;
  std::vector<uint64_t> block_macs = {};

  SiteCounts& operator+=(const SiteCounts& other);
};

class Walk {
 public:
  Walk(Stream& stream, const Weights& weights, std::vector<Accelerator*> accelerators = {})
      : stream_(&stream), weights_(&weights), accelerators_(std::move(accelerators)) {}

  Stream& stream() const { return *stream_; }
  const Weights& weights() const { return *weights_; }

  // The first one installed is the outermost.
  void install(Accelerator& accelerator) { accelerators_.push_back(&accelerator); }
  const std::vector<Accelerator*>& accelerators() const { return accelerators_; }
  bool attached(SiteKind kind) const;

  // Lanes: the batch rows of this evaluation that are being computed now (empty: all; a LaneScope narrows
  // them).
  const std::vector<int>& lanes() const { return lanes_; }
  // Rows of a per-lane tensor [all lanes, ..] that belong to the lanes being computed.
  Tensor select_lanes(const Tensor& per_lane);

  // A constant of the run, made once per key and shape: position tables.
  Tensor constant(const std::string& key, const Shape& shape,
                  const std::function<void(std::vector<float>&)>& fill);

  // Which lanes of the whole run this evaluation's rows are: what caches are keyed by.
  void set_run_lanes(std::vector<int> ids) { run_lanes_ = std::move(ids); }
  // Those that are being computed now.
  std::vector<int> run_lanes() const;

  SiteCounts& counts() { return counts_; }
  const SiteCounts& counts() const { return counts_; }
  void reset_counts() { counts_ = {}; }
  int block_index() const { return block_index_; }

 private:
  friend class LaneScope;
  friend class BlockScope;

  Stream* stream_;
  const Weights* weights_;
  std::vector<Accelerator*> accelerators_;
  std::vector<int> lanes_;
  std::vector<int> run_lanes_;
  std::map<std::string, Tensor> constants_;
  SiteCounts counts_;
  int block_index_ = -1;
};

// While alive, the walk computes only these lanes (indices into the rows of the evaluation).
class LaneScope {
 public:
  LaneScope(Walk& walk, std::vector<int> lanes) : walk_(walk), outer_(std::move(walk.lanes_)) {
    walk_.lanes_ = std::move(lanes);
  }
  ~LaneScope() { walk_.lanes_ = std::move(outer_); }
  LaneScope(const LaneScope&) = delete;
  LaneScope& operator=(const LaneScope&) = delete;

 private:
  Walk& walk_;
  std::vector<int> outer_;
};

// While alive, sites belong to this block.
class BlockScope {
 public:
  BlockScope(Walk& walk, int index) : walk_(walk) { walk_.block_index_ = index; }
  ~BlockScope() { walk_.block_index_ = -1; }
  BlockScope(const BlockScope&) = delete;
  BlockScope& operator=(const BlockScope&) = delete;

 private:
  Walk& walk_;
};

// A cursor into the network: the walk and a dotted path, so that weights are called by the checkpoint's own
// names.
class Scope {
 public:
  explicit Scope(Walk& walk) : walk_(&walk) {}

  Scope operator[](std::string_view name) const;
  Scope operator[](int index) const { return (*this)[std::to_string(index)]; }

  Walk& walk() const { return *walk_; }
  Stream& stream() const { return walk_->stream(); }
  const std::string& path() const { return path_; }
  const Weight& weight() const { return walk_->weights().matrix(path_); }
  // "<path>.<name>", f32.
  const Tensor& tensor(std::string_view name) const;

 private:
  Walk* walk_;
  std::string path_;
};

}  // namespace diorama::nn
