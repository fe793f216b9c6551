#include <algorithm>

#include "kernel_params.h"
#include "vulkan/call.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

// One way to run attention.
struct Variant {
  KernelId kernel;
  uint32_t queries;  // of a workgroup
  uint32_t columns;  // of a head that one workgroup sums
  std::vector<uint32_t> constants;  // after those of shaders/include/attention.glsl
};

Variant lanes(const Caps& caps, uint32_t head_dim) {
  constexpr uint32_t kQueries = 8, kKeysEach = 4, kMostColumns = 128;
  const uint32_t slice = (std::min(head_dim, kMostColumns) + caps.subgroup_size - 1) / caps.subgroup_size;
  return {KernelId::attention_lanes,
          kQueries,
          slice * caps.subgroup_size,
          {caps.subgroup_size, kQueries, kKeysEach, slice}};
}

// Tiles that fit in 32 KiB of shared memory, the least that current devices have.
Variant tiled(uint32_t head_dim) {
  const uint32_t depth = std::min((head_dim + 15) / 16 * 16, 128u);
  return {KernelId::attention_tiled, 32, depth, {depth <= 96 ? 32u : 16u, depth}};
}

Variant choose(const Device& device, uint32_t head_dim) {
  const Caps& caps = device.caps();
  const bool can_lanes = caps.is_cpu() && caps.subgroup_broadcast && caps.subgroup_arithmetic;
  return can_lanes && !device.prefers("attention_tiled") ? lanes(caps, head_dim) : tiled(head_dim);
}

class Attention {
 public:
  Attention(Device& device, const AttentionArgs& args)
      : device_(device),
        args_(args),
        head_dim_(args.q.shape().last() / args.num_heads),
        variant_(choose(device, static_cast<uint32_t>(head_dim_))) {}

  // All at once if that is one segment's work and fits the bindings, else batch row by batch row, in bands of queries.
  void run() {
    const int64_t batch = args_.q.dim(0), queries = args_.q.dim(1);
    const size_t widest = std::max({row_bytes(args_.q), row_bytes(args_.k), row_bytes(args_.v)});
    const int64_t longest = batch * std::max(queries, args_.k.dim(1));
    const int64_t band = rows_per_band(device_, longest, Work::attention, units_per_query(), widest, variant_.queries);
    if (band >= longest) return run(0, batch, 0, queries);
    for (int64_t b = 0; b < batch; ++b)
      for_each_band(queries, band, [&](int64_t first, int64_t count) { run(b, 1, first, count); });
  }

 private:
  double units_per_query() const {
    return 2.0 * static_cast<double>(args_.k.dim(1)) * static_cast<double>(args_.q.shape().last());
  }

  // Rows [first, first + count) of each of these batch rows.
  static Tensor part(const Tensor& tensor, int64_t batch, int64_t batches, int64_t first, int64_t count) {
    const Tensor rows = tensor.slice(batch, batches);
    if (batches > 1 || count == tensor.dim(1)) return rows;
    return rows.reshape({tensor.dim(1), tensor.dim(2)}).slice(first, count);
  }

  void run(int64_t batch, int64_t batches, int64_t first, int64_t count) {
    const auto has = [](const Tensor& tensor) { return static_cast<uint32_t>(static_cast<bool>(tensor)); };
    std::vector<uint32_t> constants{type_id(args_.q), type_id(args_.y), has(args_.key_bias),
                                    has(args_.position_bias)};
    constants.insert(constants.end(), variant_.constants.begin(), variant_.constants.end());
    Call call(device_, variant_.kernel, constants);
    const auto stride = [](const Tensor& tensor) { return static_cast<uint32_t>(tensor.row_stride()); };
    const auto batch_stride = [](const Tensor& tensor) {
      return static_cast<uint32_t>(tensor.row_stride() * tensor.dim(1));
    };
    const int64_t keys = args_.k.dim(1);

    AttentionParams p{};
    p.queries = static_cast<uint32_t>(count);
    p.keys = static_cast<uint32_t>(keys);
    p.heads = static_cast<uint32_t>(args_.num_heads);
    p.head_dim = static_cast<uint32_t>(head_dim_);
    p.q = call.bind(part(args_.q, batch, batches, first, count));
    p.q_stride = stride(args_.q);
    p.q_batch = batch_stride(args_.q);
    p.k = call.bind(args_.k.slice(batch, batches));
    p.k_stride = stride(args_.k);
    p.k_batch = batch_stride(args_.k);
    p.v = call.bind(args_.v.slice(batch, batches));
    p.v_stride = stride(args_.v);
    p.v_batch = batch_stride(args_.v);
    p.key_bias = call.bind_optional(args_.key_bias ? args_.key_bias.slice(batch, batches) : Tensor());
    p.position_bias = call.bind_optional(args_.position_bias);
    p.position_stride = static_cast<uint32_t>(args_.q.dim(1));
    p.first_query = static_cast<uint32_t>(first);
    p.y = call.bind(part(args_.y, batch, batches, first, count));
    p.y_stride = stride(args_.y);
    p.y_batch = batch_stride(args_.y);
    p.scale = args_.scale;
    const int64_t slices = ceil_div(head_dim_, variant_.columns);
    call.run(p, {ceil_div(count, variant_.queries), args_.num_heads * slices, batches}, Work::attention,
             units_per_query() * static_cast<double>(count * batches));
  }

  Device& device_;
  const AttentionArgs& args_;
  int64_t head_dim_;
  Variant variant_;
};

}  // namespace

void attention(Device& device, const AttentionArgs& args) { Attention(device, args).run(); }

}  // namespace diorama::vulkan
