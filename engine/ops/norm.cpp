#include "cpu/kernels.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {

void norm(Stream& stream, const NormArgs& args) {
  const Shape& shape = args.x.shape();
  require(shape.rank() == 3 && args.y.shape() == shape, "[norm] input {} and output {}", shape.to_string(),
          args.y.shape().to_string());
  require(args.x.dtype() == DType::f32 && args.x.contiguous() && args.y.contiguous(),
          "[norm] needs contiguous f32");
  for (const Tensor* affine : {&args.weight, &args.bias})
    require(!*affine || affine->num_elements() == shape.last(), "[norm] affine of {} for {}",
            affine->shape().to_string(), shape.to_string());
  for (const Tensor* modulation : {&args.shift, &args.scale})
    require(!*modulation || modulation->shape() == Shape({shape[0], shape.last()}),
            "[norm] modulation {} for {}", modulation->shape().to_string(), shape.to_string());
  require(static_cast<bool>(args.shift) == static_cast<bool>(args.scale),
          "[norm] shift and scale go together");
  if (quantise_apart(stream, args, norm)) return;
  dispatch(stream, args, cpu::norm, vulkan::norm);
}

}  // namespace diorama::ops
