#include "kernel_params.h"
#include "vulkan/call.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kWordsPerGroup = 256;  // rows.comp

// `moving` has a row for each id, `whole` is picked from or overwritten.
void move_rows(Device& device, const RowsArgs& args, bool scatter) {
  const Tensor moving = as_matrix(scatter ? args.x : args.y);
  const Tensor whole = as_matrix(scatter ? args.y : args.x);
  const size_t element = byte_size(args.x.dtype());
  require(element >= 2, "[rows] {} is not moved on this device", name_of(args.x.dtype()));
  const Tensor ids = args.ids.reshape({args.ids.num_elements(), 1});

  const auto width = static_cast<uint32_t>(moving.shape().last());
  const int64_t band = rows_per_band(device, moving.num_rows(), Work::elements, width, row_bytes(moving));
  for_each_band(moving.num_rows(), band, [&](int64_t first, int64_t count) {
    Call call(device, {KernelId::rows, {scatter ? 1u : 0u, element == 2 ? 1u : 0u}});
    const Tensor part = moving.slice(first, count);
    const Tensor& x = scatter ? part : whole;
    const Tensor& y = scatter ? whole : part;
    RowsParams p{};
    p.width = width;
    p.x = call.bind(x);
    p.x_stride = static_cast<uint32_t>(x.row_stride());
    p.ids = call.bind(ids.slice(first, count));
    p.y = call.bind(y);
    p.y_stride = static_cast<uint32_t>(y.row_stride());
    call.run(p, {ceil_div(width, kWordsPerGroup), count, 1}, Work::elements,
             static_cast<double>(count) * width);
  });
}

}  // namespace

void gather_rows(Device& device, const RowsArgs& args) {
  move_rows(device, args, false);
}
void scatter_rows(Device& device, const RowsArgs& args) {
  move_rows(device, args, true);
}

}  // namespace diorama::vulkan
