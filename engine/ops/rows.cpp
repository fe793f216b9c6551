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

}  // namespace diorama::ops
