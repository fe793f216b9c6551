#include <cstring>

#include "cpu/device.h"
#include "cpu/kernels.h"

namespace diorama::cpu {
namespace {

void copy_row(const Tensor& from, int64_t from_row, const Tensor& to, int64_t to_row) {
  const auto element = static_cast<int64_t>(byte_size(from.dtype()));
  std::memcpy(to.data<std::byte>() + to_row * to.row_stride() * element,
              from.data<std::byte>() + from_row * from.row_stride() * element,
              static_cast<size_t>(from.dim(-1) * element));
}

}  // namespace

void gather_rows(Device&, const RowsArgs& args) {
  const int32_t* ids = args.ids.data<int32_t>();
  for (int64_t i = 0; i < args.ids.num_elements(); ++i) copy_row(args.x, ids[i], args.y, i);
}

void scatter_rows(Device&, const RowsArgs& args) {
  const int32_t* ids = args.ids.data<int32_t>();
  for (int64_t i = 0; i < args.ids.num_elements(); ++i) copy_row(args.x, i, args.y, ids[i]);
}

}  // namespace diorama::cpu
