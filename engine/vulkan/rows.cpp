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

void mix_rows(Device& device, const MixRowsArgs& args) {
  const auto width = static_cast<uint32_t>(args.y.dim(2));
  const int64_t each = args.ids.dim(1);
  const int64_t band =
      rows_per_band(device, args.y.dim(1), Work::elements,
                    static_cast<double>(width) * static_cast<double>(each), row_bytes(args.y));
  for (int64_t batch = 0; batch < args.y.dim(0); ++batch) {
    const Tensor x = as_matrix(args.x.slice(batch, 1));
    const Tensor y = as_matrix(args.y.slice(batch, 1));
    for_each_band(y.num_rows(), band, [&](int64_t first, int64_t count) {
      Call call(device, {KernelId::mix_rows, {}});
      MixRowsParams p{};
      p.width = width;
      p.each = static_cast<uint32_t>(each);
      p.x = call.bind(x);
      p.x_stride = static_cast<uint32_t>(x.row_stride());
      p.ids = call.bind(args.ids.slice(first, count));
      p.weights = call.bind(args.weights.slice(first, count));
      p.y = call.bind(y.slice(first, count));
      call.run(p, {ceil_div(width, kWordsPerGroup), count, 1}, Work::elements,
               static_cast<double>(count * each) * width);
    });
  }
}

}  // namespace diorama::vulkan
