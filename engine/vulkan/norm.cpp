#include "kernel_params.h"
#include "vulkan/call.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

constexpr uint32_t kThreads = 128;

struct Choice {
  KernelId kernel;
  uint32_t threads;
};

// A CPU gains nothing from more threads than fill one subgroup.
Choice choose(const Device& device) {
  const Caps& caps = device.caps();
  if (!caps.subgroup_arithmetic || device.prefers("norm_shared")) return {KernelId::norm_shared, kThreads};
  const bool narrow = caps.is_cpu() && !device.prefers("norm_subgroups");
  return {KernelId::norm_subgroups, narrow ? caps.subgroup_size : kThreads};
}

}  // namespace

void norm(Device& device, const NormArgs& args) {
  const Choice choice = choose(device);
  const Tensor x = as_matrix(args.x);
  const Tensor y = as_matrix(args.y);
  const std::vector<uint32_t> constants{
      choice.threads,   type_id(y),     args.kind == NormKind::rms ? 1u : 0u,
      has(args.weight), has(args.bias), has(args.shift)};
  const auto width = static_cast<double>(x.shape().last());
  const int64_t band = rows_per_band(device, x.num_rows(), Work::elements, width, row_bytes(x));
  for_each_band(x.num_rows(), band, [&](int64_t first, int64_t count) {
    Call call(device, {choice.kernel, constants});
    NormParams p{};
    p.width = static_cast<uint32_t>(x.shape().last());
    p.x = call.bind(x.slice(first, count));
    p.weight = call.bind_optional(args.weight);
    p.bias = call.bind_optional(args.bias);
    p.shift = call.bind_optional(args.shift);
    p.scale = call.bind_optional(args.scale);
    p.y = call.bind(y.slice(first, count));
    if (args.shift) {
      p.shift_stride = static_cast<uint32_t>(args.shift.row_stride());
      p.scale_stride = static_cast<uint32_t>(args.scale.row_stride());
    }
    p.first_row = static_cast<uint32_t>(first);
    p.rows_per_batch = static_cast<uint32_t>(args.x.dim(1));
    p.eps = args.eps;
    call.run(p, {count, 1, 1}, Work::elements, width * static_cast<double>(count));
  });
}

}  // namespace diorama::vulkan
