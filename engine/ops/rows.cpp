#include "cpu/kernels.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {

void gather_rows(Stream& stream, const RowsArgs& args) {
  require(args.ids.dtype() == DType::i32 && args.x.dtype() == args.y.dtype() &&
              args.x.dim(-1) == args.y.dim(-1) && args.y.num_rows() == args.ids.num_elements(),
          "[gather rows] x {}, {} ids, y {}", args.x.shape().to_string(), args.ids.num_elements(),
          args.y.shape().to_string());
  dispatch(stream, args, cpu::gather_rows, vulkan::gather_rows);
}

void scatter_rows(Stream& stream, const RowsArgs& args) {
  require(args.ids.dtype() == DType::i32 && args.x.dtype() == args.y.dtype() &&
              args.x.dim(-1) == args.y.dim(-1) && args.x.num_rows() == args.ids.num_elements(),
          "[scatter rows] x {}, {} ids, y {}", args.x.shape().to_string(), args.ids.num_elements(),
          args.y.shape().to_string());
  dispatch(stream, args, cpu::scatter_rows, vulkan::scatter_rows);
}

void mix_rows(Stream& stream, const MixRowsArgs& args) {
  const Shape& x = args.x.shape();
  const Shape& y = args.y.shape();
  require(x.rank() == 3 && y.rank() == 3 && args.ids.shape().rank() == 2 && x[0] == y[0] && x[2] == y[2] &&
              args.ids.shape() == args.weights.shape() && args.ids.dim(0) == y[1] &&
              args.ids.dtype() == DType::i32,
          "[mix rows] x {}, ids {}, y {}", x.to_string(), args.ids.shape().to_string(), y.to_string());
  stream.count(static_cast<uint64_t>(y.num_elements() * args.ids.dim(1)));
  dispatch(stream, args, cpu::mix_rows, vulkan::mix_rows);
}

}  // namespace diorama::ops
