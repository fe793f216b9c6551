#include "cpu/kernels.h"
#include "formats/format.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {

void linear(Stream& stream, const LinearArgs& args) {
  const Weight& w = *args.weight;
  require(args.x.dim(-1) == w.k, "[linear] {}: input {} does not end in {}", w.name,
          args.x.shape().to_string(), w.k);
  require(args.y.dim(-1) == w.n && args.y.num_rows() == args.x.num_rows(),
          "[linear] {}: output {} for input {}", w.name, args.y.shape().to_string(),
          args.x.shape().to_string());
  require(args.x.dtype() == w.input.type, "[linear] {}: input is {}, the weight wants {}", w.name,
          name_of(args.x.dtype()), name_of(w.input.type));
  require(args.y.contiguous(), "[linear] {}: strided output", w.name);
  if (args.gate) {
    require(args.residual && args.x.shape().rank() == 3, "[linear] {}: a gate needs [B, T, K] and a residual",
            w.name);
    require(args.gate.shape() == Shape({args.x.dim(0), w.n}), "[linear] {}: gate {}", w.name,
            args.gate.shape().to_string());
  }
  if (args.residual)
    require(args.residual.shape() == args.y.shape() && args.residual.dtype() == DType::f32 &&
                args.residual.contiguous() && args.activation == Activation::none,
            "[linear] {}: residual {} for output {}", w.name, args.residual.shape().to_string(),
            args.y.shape().to_string());
  if (quantise_apart(stream, args, linear, w.format->integer())) return;
  stream.count(static_cast<uint64_t>(args.x.num_rows()) * static_cast<uint64_t>(w.n * w.k));
  dispatch(stream, args, cpu::linear, vulkan::linear);
}

}  // namespace diorama::ops
