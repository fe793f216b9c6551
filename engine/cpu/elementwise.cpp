#include "cpu/device.h"
#include "cpu/kernels.h"

namespace diorama::cpu {
namespace {

Row row_of(const Tensor& tensor, int64_t row) {
  return {
      tensor.data<std::byte>() + row * tensor.row_stride() * static_cast<int64_t>(byte_size(tensor.dtype())),
      tensor.dtype()};
}
MutableRow mutable_row_of(const Tensor& tensor, int64_t row) {
  return {
      tensor.data<std::byte>() + row * tensor.row_stride() * static_cast<int64_t>(byte_size(tensor.dtype())),
      tensor.dtype()};
}

}  // namespace

void binary(Device& device, const BinaryArgs& args) {
#pragma omp parallel for num_threads(device.threads_for(args.a.num_elements()))
  for (int64_t row = 0; row < args.a.num_rows(); ++row)
    device.kernels().binary_row(args.kind, row_of(args.a, row), row_of(args.b, row % args.b.num_rows()),
                                mutable_row_of(args.y, row), args.a.dim(-1));
}

void unary(Device& device, const UnaryArgs& args) {
#pragma omp parallel for num_threads(device.threads_for(args.x.num_elements()))
  for (int64_t row = 0; row < args.x.num_rows(); ++row)
    device.kernels().unary_row(args.activation, row_of(args.x, row), mutable_row_of(args.y, row),
                               args.x.dim(-1));
}

void gate_add(Device& device, const GateAddArgs& args) {
  const int64_t width = args.x.dim(2);
#pragma omp parallel for num_threads(device.threads_for(args.x.num_elements()))
  for (int64_t row = 0; row < args.x.num_rows(); ++row) {
    const int64_t lane = row / args.x.dim(1);
    device.kernels().gate_add_row(
        args.x.data<float>() + row * args.x.row_stride(),
        args.gate ? args.gate.data<float>() + lane * args.gate.row_stride() : nullptr,
        args.residual.data<float>() + row * args.residual.row_stride(),
        args.y.data<float>() + row * args.y.row_stride(), width);
  }
}

void soft_clamp(Device& device, const SoftClampArgs& args) {
  device.kernels().soft_clamp(args.x.data<float>(), args.limit, args.y.data<float>(), args.x.num_elements());
}

}  // namespace diorama::cpu
