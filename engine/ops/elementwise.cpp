#include "cpu/kernels.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {

void binary(Stream& stream, const BinaryArgs& args) {
  require(args.a.dim(-1) == args.b.dim(-1) && args.a.shape() == args.y.shape() && args.b.num_rows() > 0 &&
              args.a.num_rows() % args.b.num_rows() == 0,
          "[binary] a {}, b {}, y {}", args.a.shape().to_string(), args.b.shape().to_string(),
          args.y.shape().to_string());
  if (quantise_apart(stream, args, binary)) return;
  dispatch(stream, args, cpu::binary, vulkan::binary);
}

void unary(Stream& stream, const UnaryArgs& args) {
  require(args.x.shape() == args.y.shape(), "[unary] x {}, y {}", args.x.shape().to_string(),
          args.y.shape().to_string());
  require(
      args.x.dtype() != DType::q8 || (args.y.dtype() == DType::f32 && args.activation == Activation::none),
      "[unary] codes become fp32 and nothing else");
  dispatch(stream, args, cpu::unary, vulkan::unary);
}

void gate_add(Stream& stream, const GateAddArgs& args) {
  const Shape& shape = args.x.shape();
  require(shape.rank() == 3 && args.residual.shape() == shape && args.y.shape() == shape,
          "[gate add] x {}, residual {}", shape.to_string(), args.residual.shape().to_string());
  require(!args.gate || args.gate.shape() == Shape({shape[0], shape.last()}), "[gate add] gate {} for {}",
          args.gate.shape().to_string(), shape.to_string());
  dispatch(stream, args, cpu::gate_add, vulkan::gate_add);
}

void soft_clamp(Stream& stream, const SoftClampArgs& args) {
  require(args.x.shape() == args.y.shape() && args.limit > 0, "[soft clamp] x {}, y {}",
          args.x.shape().to_string(), args.y.shape().to_string());
  dispatch(stream, args, cpu::soft_clamp, vulkan::soft_clamp);
}

}  // namespace diorama::ops
