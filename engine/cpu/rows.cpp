#include <algorithm>
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

void mix_rows(Device& device, const MixRowsArgs& args) {
  const int64_t rows = args.y.dim(1);
  const int64_t each = args.ids.dim(1);
  const int64_t width = args.y.dim(2);
#pragma omp parallel for num_threads(device.threads_for(args.y.num_elements() * each))
  for (int64_t i = 0; i < args.y.num_rows(); ++i) {
    const float* x = args.x.data<float>() + i / rows * args.x.dim(1) * args.x.row_stride();
    const int32_t* ids = args.ids.data<int32_t>() + i % rows * each;
    const float* weights = args.weights.data<float>() + i % rows * each;
    float* y = args.y.data<float>() + i * args.y.row_stride();
    std::fill_n(y, width, 0.0f);
    for (int64_t j = 0; j < each; ++j)
      for (int64_t c = 0; c < width; ++c) y[c] += weights[j] * x[ids[j] * args.x.row_stride() + c];
  }
}

}  // namespace diorama::cpu
