#include <numeric>

#include "kernel_params.h"
#include "vulkan/call.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kColumnsPerGroup = 256;  // elementwise.glsl

// Rows as wide as a few workgroups, where the elements lie side by side: pixels have few channels.
Tensor widened(const Tensor& tensor) {
  const int64_t width = std::gcd(tensor.num_elements(), int64_t{4096});
  if (!tensor.contiguous() || width < tensor.shape().last()) return as_matrix(tensor);
  return tensor.reshape({tensor.num_elements() / width, width});
}

template <typename Params>
void run_rows(Call& call, const Params& params) {
  call.run(params, {ceil_div(params.width, kColumnsPerGroup), params.rows, 1}, Work::elements,
           static_cast<double>(params.rows) * params.width);
}

int64_t band_of(const Device& device, const Tensor& widest) {
  return rows_per_band(device, widest.num_rows(), Work::elements, static_cast<double>(widest.shape().last()),
                       row_bytes(widest));
}

const Tensor& wider(const Tensor& a, const Tensor& b) {
  return row_bytes(a) >= row_bytes(b) ? a : b;
}

ElementwiseParams params_for(int64_t first, int64_t count, const Tensor& y) {
  ElementwiseParams p{};
  p.rows = static_cast<uint32_t>(count);
  p.width = static_cast<uint32_t>(y.shape().last());
  p.first_row = static_cast<uint32_t>(first);
  p.rows_per_batch = 1;
  return p;
}

}  // namespace

namespace {

void quantise(Device& device, const UnaryArgs& args) {
  constexpr uint32_t kThreads = 128;
  const Tensor x = as_matrix(args.x);
  const Tensor y = as_matrix(args.y);
  const std::vector<uint32_t> constants{device.caps().is_cpu() ? device.caps().subgroup_size : kThreads,
                                        type_id(x), static_cast<uint32_t>(args.activation),
                                        has(args.conditioning.multiplier),
                                        static_cast<uint32_t>(args.conditioning.rotation)};
  for_each_band(x.num_rows(), band_of(device, wider(x, y)), [&](int64_t first, int64_t count) {
    Call call(device, {KernelId::quantise, constants});
    ElementwiseParams p = params_for(first, count, y);
    p.a = call.bind(x.slice(first, count));
    p.a_stride = static_cast<uint32_t>(x.row_stride());
    p.b = call.bind_optional(args.conditioning.multiplier);
    p.b_stride = static_cast<uint32_t>(padded_codes(y.shape().last()) / 4);
    p.y = call.bind(y.slice(first, count)) / 4;
    p.c_stride = static_cast<uint32_t>(y.row_stride() / 4);
    call.run(p, {count, 1, 1}, Work::elements, static_cast<double>(count) * p.width);
  });
}

// Codes to values.
void dequantise(Device& device, const UnaryArgs& args) {
  const Tensor x = as_matrix(args.x);
  const Tensor y = as_matrix(args.y);
  for_each_band(x.num_rows(), band_of(device, wider(x, y)), [&](int64_t first, int64_t count) {
    Call call(device, {KernelId::dequantise, {}});
    ElementwiseParams p = params_for(first, count, y);
    p.a = call.bind(x.slice(first, count)) / 4;
    p.a_stride = static_cast<uint32_t>(x.row_stride() / 4);
    p.b_stride = static_cast<uint32_t>(padded_codes(x.shape().last()) / 4);
    p.y = call.bind(y.slice(first, count));
    run_rows(call, p);
  });
}

}  // namespace

void unary(Device& device, const UnaryArgs& args) {
  if (args.x.dtype() == DType::q8) return dequantise(device, args);
  if (args.y.dtype() == DType::q8) return quantise(device, args);
  const Tensor x = args.x.contiguous() ? widened(args.x) : as_matrix(args.x);
  const Tensor y = args.y.reshape(x.shape());
  for_each_band(x.num_rows(), band_of(device, wider(x, y)), [&](int64_t first, int64_t count) {
    Call call(device, {KernelId::unary, {type_id(x), type_id(y), static_cast<uint32_t>(args.activation)}});
    ElementwiseParams p = params_for(first, count, y);
    p.a = call.bind(x.slice(first, count));
    p.a_stride = static_cast<uint32_t>(x.row_stride());
    p.y = call.bind(y.slice(first, count));
    run_rows(call, p);
  });
}

void soft_clamp(Device& device, const SoftClampArgs& args) {
  const Tensor x = args.x.contiguous() ? widened(args.x) : as_matrix(args.x);
  const Tensor y = args.y.reshape(x.shape());
  for_each_band(x.num_rows(), band_of(device, wider(x, y)), [&](int64_t first, int64_t count) {
    Call call(device, {KernelId::soft_clamp, {}});
    ElementwiseParams p = params_for(first, count, y);
    p.a = call.bind(x.slice(first, count));
    p.a_stride = static_cast<uint32_t>(x.row_stride());
    p.y = call.bind(y.slice(first, count));
    p.limit = args.limit;
    run_rows(call, p);
  });
}

void binary(Device& device, const BinaryArgs& args) {
  const bool alike = args.a.contiguous() && args.b.contiguous() && args.a.num_rows() == args.b.num_rows();
  const Tensor a = alike ? widened(args.a) : as_matrix(args.a);
  const Tensor b = alike ? args.b.reshape(a.shape()) : as_matrix(args.b);
  const Tensor y = args.y.reshape(a.shape());
  for_each_band(a.num_rows(), band_of(device, wider(a, y)), [&](int64_t first, int64_t count) {
    Call call(device,
              {KernelId::binary, {type_id(a), type_id(b), type_id(y), static_cast<uint32_t>(args.kind)}});
    ElementwiseParams p = params_for(first, count, y);
    p.a = call.bind(a.slice(first, count));
    p.a_stride = static_cast<uint32_t>(a.row_stride());
    p.b = call.bind(b);
    p.b_stride = static_cast<uint32_t>(b.row_stride());
    p.b_rows = static_cast<uint32_t>(b.num_rows());
    p.a_weight = args.a_weight;
    p.b_weight = args.b_weight;
    p.y = call.bind(y.slice(first, count));
    run_rows(call, p);
  });
}

void gate_add(Device& device, const GateAddArgs& args) {
  const Tensor x = as_matrix(args.x);
  const Tensor residual = as_matrix(args.residual);
  const Tensor y = as_matrix(args.y);
  for_each_band(x.num_rows(), band_of(device, wider(x, residual)), [&](int64_t first, int64_t count) {
    Call call(device, {KernelId::gate_add, {has(args.gate)}});
    ElementwiseParams p = params_for(first, count, y);
    p.rows_per_batch = static_cast<uint32_t>(args.x.dim(1));
    p.a = call.bind(x.slice(first, count));
    p.a_stride = static_cast<uint32_t>(x.row_stride());
    p.b = call.bind_optional(args.gate);
    p.b_stride = args.gate ? static_cast<uint32_t>(args.gate.row_stride()) : 0;
    p.c = call.bind(residual.slice(first, count));
    p.c_stride = static_cast<uint32_t>(residual.row_stride());
    p.y = call.bind(y.slice(first, count));
    run_rows(call, p);
  });
}

}  // namespace diorama::vulkan
