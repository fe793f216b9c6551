#include <algorithm>

#include "kernel_params.h"
#include "vulkan/attention.h"
#include "vulkan/call.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

constexpr uint32_t kTiledQueries = 32;                      // of a workgroup
constexpr uint32_t kLogitQueries = 16, kLogitKeys = 2;      // of a workgroup; keys per lane
constexpr uint32_t kValueQueries = 8, kValueColumns = 128;  // of a workgroup

// Columns of a head that a workgroup of attention_tiled takes at once.
uint32_t depth_of(uint32_t head_dim) {
  return std::min((head_dim + 15) / 16 * 16, 128u);
}

bool runs_on_lanes(const Device& device) {
  const Caps& caps = device.caps();
  return caps.is_cpu() && caps.subgroup_shuffle && caps.subgroup_arithmetic &&
         !device.prefers("attention_tiled");
}

uint32_t stride(const Tensor& tensor) {
  return static_cast<uint32_t>(tensor.row_stride());
}
uint32_t batch_stride(const Tensor& tensor) {
  return static_cast<uint32_t>(tensor.row_stride() * tensor.dim(1));
}

// Some queries of some batch rows.
struct Part {
  int64_t batch, batches, first, count;
};

Tensor queries_of(const Tensor& tensor, const Part& part) {
  const Tensor rows = tensor.slice(part.batch, part.batches);
  if (part.batches > 1 || part.count == tensor.dim(1)) return rows;
  return rows.reshape({tensor.dim(1), tensor.dim(2)}).slice(part.first, part.count);
}

class Attention {
 public:
  Attention(Device& device, const AttentionArgs& args)
      : device_(device),
        args_(args),
        head_dim_(args.q.shape().last() / args.num_heads),
        keys_(args.k.dim(1)) {}

  // All at once if that is one segment's work and fits the bindings, else batch row by batch row, in bands of
  // queries.
  void run() {
    const bool lanes = runs_on_lanes(device_);
    const int64_t batch = args_.q.dim(0), queries = args_.q.dim(1);
    size_t widest = std::max({row_bytes(args_.q), row_bytes(args_.k), row_bytes(args_.v)});
    if (lanes) widest = std::max(widest, static_cast<size_t>(args_.num_heads * keys_) * sizeof(float));
    const int64_t longest = batch * std::max(queries, keys_);
    const int64_t band =
        rows_per_band(device_, longest, Work::attention, units_per_query(), widest, kTiledQueries);
    const auto run_part = [&](const Part& part) { lanes ? run_lanes(part) : run_tiled(part); };
    if (band >= longest) return run_part({0, batch, 0, queries});
    for (int64_t b = 0; b < batch; ++b)
      for_each_band(queries, band, [&](int64_t first, int64_t count) { run_part({b, 1, first, count}); });
  }

 private:
  double units_per_query() const {
    const int64_t seen = args_.window == 0 ? keys_ : std::min(keys_, 2 * args_.window + 1);
    return 2.0 * static_cast<double>(seen * args_.q.shape().last());
  }

  AttentionParams params(const Part& part) const {
    AttentionParams p{};
    p.queries = static_cast<uint32_t>(part.count);
    p.keys = static_cast<uint32_t>(keys_);
    p.heads = static_cast<uint32_t>(args_.num_heads);
    p.head_dim = static_cast<uint32_t>(head_dim_);
    p.q_stride = stride(args_.q);
    p.q_batch = batch_stride(args_.q);
    p.k_stride = stride(args_.k);
    p.k_batch = batch_stride(args_.k);
    p.v_stride = stride(args_.v);
    p.v_batch = batch_stride(args_.v);
    p.position_stride = static_cast<uint32_t>(args_.q.dim(1));
    p.first_query = static_cast<uint32_t>(part.first);
    p.window = static_cast<uint32_t>(args_.window);
    p.y_stride = stride(args_.y);
    p.y_batch = batch_stride(args_.y);
    p.scale = args_.scale;
    return p;
  }

  void bind_biases(Call& call, AttentionParams& p, const Part& part) const {
    p.key_bias =
        call.bind_optional(args_.key_bias ? args_.key_bias.slice(part.batch, part.batches) : Tensor());
    p.position_bias = call.bind_optional(args_.position_bias);
  }

  void run_tiled(const Part& part) {
    const TiledAttention traits{args_.q.dtype(), args_.y.dtype(), static_cast<bool>(args_.key_bias),
                                static_cast<bool>(args_.position_bias), static_cast<uint32_t>(head_dim_)};
    Call call(device_, tiled_attention_pipeline(traits));
    AttentionParams p = params(part);
    p.q = call.bind(queries_of(args_.q, part));
    p.k = call.bind(args_.k.slice(part.batch, part.batches));
    p.v = call.bind(args_.v.slice(part.batch, part.batches));
    bind_biases(call, p, part);
    p.y = call.bind(queries_of(args_.y, part));
    const int64_t slices = ceil_div(head_dim_, depth_of(traits.head_dim));
    call.run(p, {ceil_div(part.count, kTiledQueries), args_.num_heads * slices, part.batches},
             Work::attention, units_per_query() * static_cast<double>(part.count * part.batches));
  }

  void run_lanes(const Part& part) {
    const int64_t rows = part.batches * args_.num_heads * part.count;
    const Tensor logits({device_.allocate(static_cast<size_t>(rows * keys_) * sizeof(float)), 0, nullptr},
                        {rows, keys_}, DType::f32);
    make_logits(part, logits);
    sum_values(part, logits);
  }

  void make_logits(const Part& part, const Tensor& logits) {
    const uint32_t lanes = device_.caps().subgroup_size;
    const Tensor k = args_.k.slice(part.batch, part.batches);
    const size_t four = 4 * byte_size(k.dtype());
    const bool wide = k.byte_offset() % four == 0 && k.row_stride() % 4 == 0 && head_dim_ % 4 == 0;
    Call call(device_, {KernelId::attention_lanes_logits,
                        {type_id(args_.q), 0, has(args_.key_bias), has(args_.position_bias), lanes,
                         kLogitQueries, kLogitKeys, wide ? 1u : 0u}});
    AttentionParams p = params(part);
    p.q = call.bind(queries_of(args_.q, part));
    p.k = call.bind(k);
    call.bind_optional({});
    bind_biases(call, p, part);
    call.bind(logits);
    call.run(p,
             {ceil_div(keys_, lanes * kLogitKeys), ceil_div(part.count, kLogitQueries),
              part.batches * args_.num_heads},
             Work::attention, units_per_query() * static_cast<double>(part.count * part.batches) / 2);
  }

  void sum_values(const Part& part, const Tensor& logits) {
    const uint32_t lanes = device_.caps().subgroup_size;
    const uint32_t slice = (std::min(static_cast<uint32_t>(head_dim_), kValueColumns) + lanes - 1) / lanes;
    Call call(device_, {KernelId::attention_lanes_values,
                        {type_id(args_.v), type_id(args_.y), lanes, kValueQueries, slice}});
    AttentionParams p = params(part);
    call.bind(logits);
    p.v = call.bind(args_.v.slice(part.batch, part.batches));
    p.y = call.bind(queries_of(args_.y, part));
    call.run(p,
             {ceil_div(head_dim_, slice * lanes), ceil_div(part.count, kValueQueries),
              part.batches * args_.num_heads},
             Work::attention, units_per_query() * static_cast<double>(part.count * part.batches) / 2);
  }

  Device& device_;
  const AttentionArgs& args_;
  int64_t head_dim_;
  int64_t keys_;
};

}  // namespace

// Tiles that fit in 32 KiB of shared memory, the least that current GPUs have.
PipelineKey tiled_attention_pipeline(const TiledAttention& traits) {
  const uint32_t depth = depth_of(traits.head_dim);
  return {KernelId::attention_tiled,
          {type_id(traits.x), type_id(traits.y), traits.key_bias, traits.position_bias,
           depth <= 96 ? 32u : 16u, depth}};
}

void attention(Device& device, const AttentionArgs& args) {
  Attention(device, args).run();
}

}  // namespace diorama::vulkan
