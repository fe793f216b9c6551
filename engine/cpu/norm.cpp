#include "cpu/device.h"
#include "cpu/kernels.h"
#include "cpu/quantise.h"
#include "cpu/views.h"

namespace diorama::cpu {

void norm(Device& device, const NormArgs& args) {
  const int64_t width = args.x.dim(2);
  const int64_t rows_per_lane = args.x.dim(1);
  const float* x = floats_of(args.x);
  const MutableRows y = mutable_rows_of(args.y);
  const size_t y_row_bytes = static_cast<size_t>(y.stride) * byte_size(y.type);
  const bool quantised = y.type == DType::q8;
  const RowBuffers rows(device, quantised ? width : 0);
#pragma omp parallel for num_threads(device.threads_for(args.x.num_elements()))
  for (int64_t row = 0; row < args.x.num_rows(); ++row) {
    const int64_t lane = row / rows_per_lane;
    const NormTask task{
        .kind = args.kind,
        .width = width,
        .eps = args.eps,
        .weight = floats_of(args.weight),
        .bias = floats_of(args.bias),
        .shift = args.shift ? floats_of(args.shift) + lane * args.shift.row_stride() : nullptr,
        .scale = args.scale ? floats_of(args.scale) + lane * args.scale.row_stride() : nullptr};
    std::byte* to = static_cast<std::byte*>(y.data) + static_cast<size_t>(row) * y_row_bytes;
    float* values = quantised ? rows.mine() : nullptr;
    device.kernels().norm_row(task, x + row * width, quantised ? DType::f32 : y.type,
                              quantised ? static_cast<void*>(values) : to);
    if (quantised) device.kernels().quantise_row(quantise_task(args.conditioning, width, values), values, to);
  }
}

}  // namespace diorama::cpu
