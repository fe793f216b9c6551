#include "cpu/device.h"
#include "cpu/kernels.h"
#include "cpu/views.h"

namespace diorama::cpu {

void binary(Device& device, const BinaryArgs& args) {
  const Rows a = rows_of(args.a);
  const Rows b = rows_of(args.b);
  const MutableRows y = mutable_rows_of(args.y);
#pragma omp parallel for num_threads(device.threads_for(args.a.num_elements()))
  for (int64_t row = 0; row < args.a.num_rows(); ++row)
    device.kernels().binary_row(args.kind, from_row(a, row), from_row(b, row % args.b.num_rows()),
                                from_row(y, row), args.a.dim(-1));
}

void unary(Device& device, const UnaryArgs& args) {
  const Rows x = rows_of(args.x);
  const MutableRows y = mutable_rows_of(args.y);
#pragma omp parallel for num_threads(device.threads_for(args.x.num_elements()))
  for (int64_t row = 0; row < args.x.num_rows(); ++row)
    device.kernels().unary_row(args.activation, from_row(x, row), from_row(y, row), args.x.dim(-1));
}

void gate_add(Device& device, const GateAddArgs& args) {
  const int64_t tokens = args.x.dim(1);
#pragma omp parallel for num_threads(device.threads_for(args.x.num_elements()))
  for (int64_t row = 0; row < args.x.num_rows(); ++row) {
    const float* gate = args.gate ? floats_of(args.gate) + row / tokens * args.gate.row_stride() : nullptr;
    device.kernels().gate_add_row(floats_of(args.x) + row * args.x.row_stride(), gate,
                                  floats_of(args.residual) + row * args.residual.row_stride(),
                                  args.y.data<float>() + row * args.y.row_stride(), args.x.dim(2));
  }
}

void soft_clamp(Device& device, const SoftClampArgs& args) {
  device.kernels().soft_clamp(floats_of(args.x), args.limit, args.y.data<float>(), args.x.num_elements());
}

}  // namespace diorama::cpu
