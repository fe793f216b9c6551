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

void Caches::store(Stream& stream, const std::string& key, const std::vector<int>& lanes,
                   const Tensor& value) {
  require(value.dim(0) == static_cast<int64_t>(lanes.size()), "[cache] {} rows for {} lanes", value.dim(0),
          lanes.size());
  Shape shape = value.shape();
  shape[0] = 1;
  for (size_t i = 0; i < lanes.size(); ++i) {
    Tensor& kept = kept_[{key, lanes[i]}];
    if (!kept || kept.shape() != shape) {
      const auto bytes = static_cast<size_t>(shape.num_elements()) * sizeof(float);
      if (kept) byte_size_ -= kept.byte_extent();
      kept = Tensor({stream.planning() ? nullptr : stream.device().allocate(bytes), 0, nullptr}, shape,
                    DType::f32);
      byte_size_ += bytes;
    }
    if (poisoned_ && !stream.planning()) {
      const std::vector<float> nothing(static_cast<size_t>(shape.num_elements()),
                                       std::numeric_limits<float>::quiet_NaN());
      stream.device().upload(kept, nothing.data());
    } else {
      copy(stream, value.slice(static_cast<int64_t>(i), 1), kept);
    }
  }
}

void Caches::update(Stream& stream, const std::string& key, const std::vector<int>& lanes, const Tensor& ids,
                    const Tensor& value) {
  require_kept(key, lanes);
  if (poisoned_) return;  // every row of it is
  for (size_t i = 0; i < lanes.size(); ++i)
    ops::scatter_rows(
        stream, {.x = value.slice(static_cast<int64_t>(i), 1), .ids = ids, .y = kept_.at({key, lanes[i]})});
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
    byte_size_ += static_cast<size_t>(size) * sizeof(float) - kept.values.size() * sizeof(float);
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
  Shape shape = kept_.at({key, lanes.front()}).shape();
  shape[0] = static_cast<int64_t>(lanes.size());
  if (lanes.size() == 1) return kept_.at({key, lanes.front()});
  Tensor all = stream.make(shape, DType::f32);
  for (size_t i = 0; i < lanes.size(); ++i)
    copy(stream, kept_.at({key, lanes[i]}), all.slice(static_cast<int64_t>(i), 1));
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
  byte_size_ += static_cast<size_t>(rows) * weight.format->row_bytes(k);
  if (stream.planning()) return weight;
  const std::vector<float> values = make();
  const ReadRows read = [&](int64_t first, int64_t count, float* out) {
    std::copy_n(values.begin() + first * k, count * k, out);
  };
  stream.device().pack(weight, {.values = read, .encoded = nullptr});
  return weight;
}

}  // namespace diorama::accelerate
