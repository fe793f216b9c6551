#include "cpu/onednn_product.h"

#include <omp.h>

#include <dnnl.hpp>

namespace diorama::cpu {

using dnnl::memory;

struct OneDnnProduct::State {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::matmul::primitive_desc desc;
  dnnl::matmul primitive;
  memory weight;
};

OneDnnProduct::OneDnnProduct(Device& device, int64_t m, int64_t k, int64_t n, const float* weight)
    : device_(device), state_(std::make_unique<State>()) {
  omp_set_num_threads(device.threads());
  constexpr auto kType = memory::data_type::f32;
  const memory::desc x({m, k}, kType, memory::format_tag::ab);
  const memory::desc any({k, n}, kType, memory::format_tag::any);
  const memory::desc y({m, n}, kType, memory::format_tag::ab);
  state_->desc = {{x, any, y}, state_->engine};
  state_->primitive = dnnl::matmul(state_->desc);
  state_->weight = memory(state_->desc.weights_desc(), state_->engine);
  memory plain({{k, n}, kType, memory::format_tag::ba}, state_->engine, const_cast<float*>(weight));
  dnnl::stream stream(state_->engine);
  dnnl::reorder(plain, state_->weight).execute(stream, plain, state_->weight);
  stream.wait();
}

OneDnnProduct::~OneDnnProduct() = default;

void OneDnnProduct::multiply(const float* x, float* y) {
  omp_set_num_threads(device_.threads());
  dnnl::stream stream(state_->engine);
  state_->primitive.execute(
      stream, {{DNNL_ARG_SRC, memory(state_->desc.src_desc(), state_->engine, const_cast<float*>(x))},
               {DNNL_ARG_WEIGHTS, state_->weight},
               {DNNL_ARG_DST, memory(state_->desc.dst_desc(), state_->engine, y)}});
  stream.wait();
}

}  // namespace diorama::cpu
