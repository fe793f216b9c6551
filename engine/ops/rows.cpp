#include "cpu/kernels.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {
namespace {

// Ids come from configurations, tokens and recipes, and the kernels take them as they are: one of a row that
// is not there would read or write beside the tensor.
void check_ids(const Stream& stream, std::string_view op, const Tensor& ids, int64_t rows) {
  if (stream.planning() || ids.num_elements() == 0) return;
  const auto& range = ids.range();
  require(range.has_value(), "[{}] ids that were never looked at", op);
  require(range->least >= 0 && range->greatest < rows, "[{}] ids from {} to {}, but {} rows", op,
          range->least, range->greatest, rows);
}

}  // namespace

void gather_rows(Stream& stream, const RowsArgs& args) {
  require(args.ids.dtype() == DType::i32 && args.x.dtype() != DType::q8 && args.x.dtype() == args.y.dtype() &&
              args.x.dim(-1) == args.y.dim(-1) && args.y.num_rows() == args.ids.num_elements(),
          "[gather rows] x {}, {} ids, y {}", args.x.shape().to_string(), args.ids.num_elements(),
          args.y.shape().to_string());
  check_ids(stream, "gather rows", args.ids, args.x.num_rows());
  dispatch(stream, args, cpu::gather_rows, vulkan::gather_rows);
}

void scatter_rows(Stream& stream, const RowsArgs& args) {
  require(args.ids.dtype() == DType::i32 && args.x.dtype() != DType::q8 && args.x.dtype() == args.y.dtype() &&
              args.x.dim(-1) == args.y.dim(-1) && args.x.num_rows() == args.ids.num_elements(),
          "[scatter rows] x {}, {} ids, y {}", args.x.shape().to_string(), args.ids.num_elements(),
          args.y.shape().to_string());
  check_ids(stream, "scatter rows", args.ids, args.y.num_rows());
  dispatch(stream, args, cpu::scatter_rows, vulkan::scatter_rows);
}

void mix_rows(Stream& stream, const MixRowsArgs& args) {
  const Shape& x = args.x.shape();
  const Shape& y = args.y.shape();
  require(x.rank() == 3 && y.rank() == 3 && args.ids.shape().rank() == 2 && x[0] == y[0] && x[2] == y[2] &&
              args.ids.shape() == args.weights.shape() && args.ids.dim(0) == y[1] &&
              args.ids.dtype() == DType::i32,
          "[mix rows] x {}, ids {}, y {}", x.to_string(), args.ids.shape().to_string(), y.to_string());
  check_ids(stream, "mix rows", args.ids, x[1]);
  stream.count(static_cast<uint64_t>(y.num_elements() * args.ids.dim(1)));
  dispatch(stream, args, cpu::mix_rows, vulkan::mix_rows);
}

}  // namespace diorama::ops
