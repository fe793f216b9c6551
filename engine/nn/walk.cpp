#include "nn/walk.h"

#include <algorithm>

#include "ops/ops.h"

namespace diorama::nn {

SiteCounts& SiteCounts::operator+=(const SiteCounts& other) {
  reached += other.reached;
  computed += other.computed;
  if (block_macs.size() < other.block_macs.size()) block_macs.resize(other.block_macs.size());
  for (size_t i = 0; i < other.block_macs.size(); ++i) block_macs[i] += other.block_macs[i];
  return *this;
}

bool Walk::attached(SiteKind kind) const {
  return std::any_of(accelerators_.begin(), accelerators_.end(),
                     [kind](const Accelerator* accelerator) { return accelerator->attaches_to(kind); });
}

std::vector<int> Walk::run_lanes() const {
  if (lanes_.empty()) return run_lanes_;
  std::vector<int> ids;
  ids.reserve(lanes_.size());
  for (const int lane : lanes_) ids.push_back(run_lanes_.at(static_cast<size_t>(lane)));
  return ids;
}

Tensor Walk::select_lanes(const Tensor& per_lane) {
  if (lanes_.empty() || !per_lane) return per_lane;
  const auto count = static_cast<int64_t>(lanes_.size());
  if (lanes_.back() - lanes_.front() == count - 1 && std::is_sorted(lanes_.begin(), lanes_.end()))
    return per_lane.slice(lanes_.front(), count);
  const Tensor rows = per_lane.shape().rank() == 2
                          ? per_lane
                          : per_lane.reshape({per_lane.dim(0), per_lane.num_elements() / per_lane.dim(0)});
  const Tensor ids = stream_->upload({count}, std::vector<int32_t>(lanes_.begin(), lanes_.end()));
  Tensor selected = stream_->make({count, rows.dim(1)}, per_lane.dtype());
  ops::gather_rows(*stream_, {.x = rows, .ids = ids, .y = selected});
  Shape shape = per_lane.shape();
  shape[0] = count;
  return selected.reshape(shape);
}

Tensor Walk::constant(const std::string& key, const Shape& shape,
                      const std::function<void(std::vector<float>&)>& fill) {
  const std::string full_key = key + shape.to_string();
  const auto found = constants_.find(full_key);
  if (found != constants_.end()) return found->second;
  std::vector<float> values;
  if (!stream_->planning()) {
    values.resize(static_cast<size_t>(shape.num_elements()));
    fill(values);
  }
  return constants_.emplace(full_key, stream_->upload(shape, values)).first->second;
}

Scope Scope::operator[](std::string_view name) const {
  Scope inner = *this;
  if (!inner.path_.empty()) inner.path_ += '.';
  inner.path_ += name;
  return inner;
}

const Tensor& Scope::tensor(std::string_view name) const {
  return walk_->weights().tensor((*this)[name].path_);
}

}  // namespace diorama::nn
