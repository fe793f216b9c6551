#include <cstring>

#include "cpu/device.h"
#include "cpu/kernels.h"
#include "cpu/quantise.h"
#include "cpu/views.h"

namespace diorama::cpu {
namespace {

// Calls write(row, its place) for every row of y; rows that are to be quantised are written in fp32 first.
template <typename Write>
void for_each_row(Device& device, const Tensor& y, const Conditioning& conditioning, Write write) {
  const MutableRows rows = mutable_rows_of(y);
  const int64_t width = y.dim(-1);
  const bool quantised = rows.type == DType::q8;
  const RowBuffers buffers(device, quantised ? width : 0);
#pragma omp parallel for num_threads(device.threads_for(y.num_elements()))
  for (int64_t row = 0; row < y.num_rows(); ++row) {
    const MutableRows to = from_row(rows, row);
    if (!quantised) {
      write(row, to);
      continue;
    }
    float* values = buffers.mine();
    write(row, {values, width, DType::f32});
    device.kernels().quantise_row(quantise_task(conditioning, width, values), values,
                                  static_cast<std::byte*>(to.data));
  }
}

}  // namespace

void binary(Device& device, const BinaryArgs& args) {
  const Rows a = rows_of(args.a);
  const Rows b = rows_of(args.b);
  for_each_row(device, args.y, args.conditioning, [&](int64_t row, MutableRows y) {
    device.kernels().binary_row({args.kind, args.a_weight, args.b_weight}, from_row(a, row),
                                from_row(b, row % args.b.num_rows()), y, args.a.dim(-1));
  });
}

namespace {

// Codes to values.
void dequantise(Device& device, const UnaryArgs& args) {
  const int64_t width = args.x.dim(-1);
#pragma omp parallel for num_threads(device.threads_for(args.x.num_elements()))
  for (int64_t row = 0; row < args.x.num_rows(); ++row) {
    const auto* codes = args.x.data<int8_t>() + row * args.x.row_stride();
    float* y = args.y.data<float>() + row * args.y.row_stride();
    float scale = 0;
    std::memcpy(&scale, codes + padded_codes(width), sizeof scale);
    for (int64_t i = 0; i < width; ++i) y[i] = scale * static_cast<float>(codes[i]);
  }
}

}  // namespace

void unary(Device& device, const UnaryArgs& args) {
  if (args.x.dtype() == DType::q8) return dequantise(device, args);
  const Rows x = rows_of(args.x);
  for_each_row(device, args.y, args.conditioning, [&](int64_t row, MutableRows y) {
    device.kernels().unary_row(args.activation, from_row(x, row), y, args.x.dim(-1));
  });
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
