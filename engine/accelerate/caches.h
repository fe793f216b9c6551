// What methods keep from one evaluation to the next: memory of its own, apart from the arena, by key and
// lane, so that its size is known before a run.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "nn/walk.h"

namespace diorama::accelerate {

class Caches {
 public:
  // Keeps a copy of value [lanes.., ..] for each of the lanes, in fp32. Memory is taken at the first call for
  // a key and lane (in a plan it is only counted) and stays.
  void store(Stream& stream, const std::string& key, const std::vector<int>& lanes, const Tensor& value);
  // Overwrites some rows of what was stored: value [lanes.., n, ..], fp32, has those that ids [n] names.
  void update(Stream& stream, const std::string& key, const std::vector<int>& lanes, const Tensor& ids,
              const Tensor& value);
  bool holds(const std::string& key, const std::vector<int>& lanes) const;
  // What was stored, [lanes.., ..] in this order; of one lane the cache's own memory, not to be written to.
  // Throws Fault::usage where nothing was: decisions that do not belong to the run.
  Tensor load(Stream& stream, const std::string& key, const std::vector<int>& lanes) const;

  // The same for rows [lanes.., ..] on the host.
  void store(const std::string& key, const std::vector<int>& lanes, const HostTensor& rows);
  HostTensor load(const std::string& key, const std::vector<int>& lanes) const;

  // A matrix [n, k] in fp32, the same for every lane: made by the first call for a key (in a plan only
  // counted) and held.
  using MakeRows = std::function<std::vector<float>()>;
  const Weight& matrix(Stream& stream, const std::string& key, int64_t n, int64_t k, const MakeRows& make);

  size_t byte_size() const { return byte_size_; }

  // From now on NaN is stored in place of every value: what reads a cache shows it. For tests.
  void poison() { poisoned_ = true; }

 private:
  void require_kept(const std::string& key, const std::vector<int>& lanes) const;

  std::map<std::pair<std::string, int>, Tensor> kept_;      // [1, ..]
  std::map<std::pair<std::string, int>, HostTensor> rows_;  // likewise
  std::map<std::string, Weight> matrices_;
  size_t byte_size_ = 0;
  bool poisoned_ = false;
};

}  // namespace diorama::accelerate
