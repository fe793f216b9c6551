#include "cpu/kernels.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {

void conv(Stream& stream, const ConvArgs& args) {
  const Weight& w = *args.weight;
  const Shape& x = args.x.shape();
  const Shape& y = args.y.shape();
  require(
      x.rank() == 4 && y.rank() == 4 && x[3] * w.kernel_h * w.kernel_w == w.k && y[3] == w.n && x[0] == y[0],
      "[conv] {}: input {}, output {}", w.name, x.to_string(), y.to_string());
  const int64_t height =
      (x[1] * args.upsample + args.pad_top + args.pad_bottom - w.kernel_h) / args.stride + 1;
  const int64_t width =
      (x[2] * args.upsample + args.pad_left + args.pad_right - w.kernel_w) / args.stride + 1;
  require(y[1] == height && y[2] == width, "[conv] {}: input {}, output {}, expected {} x {}", w.name,
          x.to_string(), y.to_string(), height, width);
  require(args.x.dtype() == w.input.type && args.x.contiguous() && args.y.contiguous(),
          "[conv] {}: input type {}", w.name, name_of(args.x.dtype()));
  require(!args.residual || args.residual.shape() == y, "[conv] {}: residual {}", w.name,
          args.residual.shape().to_string());
  stream.count(static_cast<uint64_t>(y.num_rows()) * static_cast<uint64_t>(w.n * w.k));
  dispatch(stream, args, cpu::conv, vulkan::conv);
}

void group_norm(Stream& stream, const GroupNormArgs& args) {
  const Shape& x = args.x.shape();
  require(x.rank() == 4 && args.y.shape() == x && args.groups > 0 && x[3] % args.groups == 0 &&
              args.weight.num_elements() == x[3] && args.bias.num_elements() == x[3],
          "[group norm] x {}, {} groups", x.to_string(), args.groups);
  dispatch(stream, args, cpu::group_norm, vulkan::group_norm);
}

}  // namespace diorama::ops
