#include "accelerate/caches.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "formats/format.h"
#include "ops/ops.h"

namespace diorama::accelerate {
namespace {

void copy(Stream& stream, const Tensor& from, const Tensor& to) {
  ops::unary(stream, {.x = from, .y = to});
}

}  // namespace

void Caches::take(size_t bytes) {
  *in_use_ += bytes;
  most_bytes_ = std::max(most_bytes_, *in_use_);
}

void Caches::store(Stream& stream, const std::string& key, const std::vector<int>& lanes,
                   const Tensor& value) {
  require(value.dim(0) == static_cast<int64_t>(lanes.size()), "[cache] {} rows for {} lanes", value.dim(0),
          lanes.size());
  if (!lies_together(key, lanes, value.shape())) allocate(stream, key, lanes, value.shape());
  const Tensor together = view(key, lanes);
  if (poisoned_ && !stream.planning()) {
    const std::vector<float> nothing(static_cast<size_t>(value.num_elements()),
                                     std::numeric_limits<float>::quiet_NaN());
    stream.device().upload(together, nothing.data());
  } else {
    copy(stream, value, together);
  }
}

// One piece of memory for the lanes, in this order, so that they are stored and loaded as one.
void Caches::allocate(Stream& stream, const std::string& key, const std::vector<int>& lanes,
                      const Shape& shape) {
  const auto bytes = static_cast<size_t>(shape.num_elements()) * sizeof(float);
  for (const int lane : lanes) kept_.erase({key, lane});
  const Tensor memory({stream.planning() ? nullptr : stream.device().allocate(bytes), 0, nullptr}, shape,
                      DType::f32);
  take(bytes);
  const auto piece = std::make_shared<Piece>(in_use_, bytes);
  for (size_t i = 0; i < lanes.size(); ++i) kept_[{key, lanes[i]}] = {memory, piece, static_cast<int64_t>(i)};
}

// Whether the lanes are neighbours in one piece of memory, of this shape but for the number of lanes.
bool Caches::lies_together(const std::string& key, const std::vector<int>& lanes, const Shape& shape) const {
  const auto first = kept_.find({key, lanes.front()});
  if (first == kept_.end()) return false;
  for (size_t i = 0; i < lanes.size(); ++i) {
    const auto found = kept_.find({key, lanes[i]});
    if (found == kept_.end() || found->second.piece != first->second.piece ||
        found->second.row != first->second.row + static_cast<int64_t>(i))
      return false;
  }
  Shape kept = first->second.memory.shape();
  kept[0] = shape[0];
  return kept == shape;
}

Tensor Caches::view(const std::string& key, const std::vector<int>& lanes) const {
  const Kept& first = kept_.at({key, lanes.front()});
  return first.memory.slice(first.row, static_cast<int64_t>(lanes.size()));
}

void Caches::update(Stream& stream, const std::string& key, const std::vector<int>& lanes, const Tensor& ids,
                    const Tensor& value) {
  require_kept(key, lanes);
  if (poisoned_) return;  // every row of it is
  for (size_t i = 0; i < lanes.size(); ++i)
    ops::scatter_rows(stream,
                      {.x = value.slice(static_cast<int64_t>(i), 1), .ids = ids, .y = view(key, {lanes[i]})});
}

bool Caches::holds(const std::string& key, const std::vector<int>& lanes) const {
  for (const int lane : lanes)
    if (!kept_.contains({key, lane}) && !rows_.contains({key, lane})) return false;
  return true;
}

void Caches::store(const std::string& key, const std::vector<int>& lanes, const HostTensor& rows) {
  Shape shape = rows.shape;
  shape[0] = 1;
  const auto size = static_cast<ptrdiff_t>(shape.num_elements());
  for (size_t i = 0; i < lanes.size(); ++i) {
    HostTensor& kept = rows_[{key, lanes[i]}];
    *in_use_ -= kept.values.size() * sizeof(float);
    take(static_cast<size_t>(size) * sizeof(float));
    const auto first = rows.values.begin() + static_cast<ptrdiff_t>(i) * size;
    kept = {shape, {first, first + size}};
    if (poisoned_) std::ranges::fill(kept.values, std::numeric_limits<float>::quiet_NaN());
  }
}

HostTensor Caches::load(const std::string& key, const std::vector<int>& lanes) const {
  require_kept(key, lanes);
  HostTensor all;
  all.shape = rows_.at({key, lanes.front()}).shape;
  all.shape[0] = static_cast<int64_t>(lanes.size());
  for (const int lane : lanes) {
    const auto& row = rows_.at({key, lane}).values;
    all.values.insert(all.values.end(), row.begin(), row.end());
  }
  return all;
}

void Caches::require_kept(const std::string& key, const std::vector<int>& lanes) const {
  if (!holds(key, lanes))
    fail(Fault::usage,
         "[acceleration] nothing is kept of {} to be used again; the decisions are of another run", key);
}

Tensor Caches::load(Stream& stream, const std::string& key, const std::vector<int>& lanes) const {
  require_kept(key, lanes);
  Shape shape = kept_.at({key, lanes.front()}).memory.shape();
  shape[0] = static_cast<int64_t>(lanes.size());
  if (lies_together(key, lanes, shape)) return view(key, lanes);
  Tensor all = stream.make(shape, DType::f32);
  for (size_t i = 0; i < lanes.size(); ++i)
    copy(stream, view(key, {lanes[i]}), all.slice(static_cast<int64_t>(i), 1));
  return all;
}

const Weight& Caches::matrix(Stream& stream, const std::string& key, int64_t n, int64_t k,
                             const MakeRows& make) {
  const auto [entry, is_new] = matrices_.try_emplace(key);
  Weight& weight = entry->second;
  if (!is_new) return weight;
  weight = {.name = key, .format = &format_f32(), .n = n, .k = k};
  weight.input = stream.device().product_input(*weight.format);
  // No device pads rows further than to whole groups.
  const int64_t rows = (n + Weight::kRowGroup - 1) / Weight::kRowGroup * Weight::kRowGroup;
  take(static_cast<size_t>(rows) * weight.format->row_bytes(k));
  if (stream.planning()) return weight;
  const std::vector<float> values = make();
  const ReadRows read = [&](int64_t first, int64_t count, float* out) {
    std::copy_n(values.begin() + first * k, count * k, out);
  };
  stream.device().pack(weight, {.values = read, .encoded = nullptr});
  return weight;
}

}  // namespace diorama::accelerate
