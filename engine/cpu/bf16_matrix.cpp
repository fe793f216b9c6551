#include "cpu/bf16_matrix.h"

#include <omp.h>

#include <algorithm>
#include <dnnl.hpp>
#include <utility>
#include <vector>

#include "cpu/views.h"
#include "formats/format.h"

namespace diorama::cpu {
namespace {

using dnnl::memory;
using Type = memory::data_type;

dnnl::engine& engine() {
  static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

// Runs `work` with what oneDNN throws turned into an Error.
template <typename Work>
auto guarded(const char* what, Work work) {
  try {
    return work();
  } catch (const dnnl::error& error) {
    fail(error.status == dnnl_out_of_memory ? Fault::out_of_memory : Fault::internal, "[oneDNN] {}: {}", what,
         error.what());
  }
}

memory::desc rows_desc(int64_t rows, int64_t columns, int64_t stride, Type type) {
  return {{rows, columns}, type, memory::dims{stride, 1}};
}

dnnl::primitive_attr with(Activation activation) {
  dnnl::post_ops after;
  switch (activation) {
    case Activation::none:
      break;
    case Activation::silu:
      after.append_eltwise(1, dnnl::algorithm::eltwise_swish, 1, 0);
      break;
    case Activation::gelu_tanh:
      after.append_eltwise(1, dnnl::algorithm::eltwise_gelu_tanh, 0, 0);
      break;
    case Activation::relu:
      after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
      break;
  }
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
  return attributes;
}

// Columns [first, first + count) of a matrix [K, N] whose blocks of columns lie one behind the other; the
// element they begin at. (oneDNN's own sub-memory wants whole blocks.)
std::pair<memory::desc, int64_t> columns_of(memory::desc matrix, int64_t first, int64_t count) {
  const dnnl_blocking_desc_t& layout = matrix.data.format_desc.blocking;
  int64_t block = 1;
  for (int i = 0; i < layout.inner_nblks; ++i)
    if (layout.inner_idxs[i] == 1) block *= layout.inner_blks[i];
  require(first % block == 0, "[oneDNN] columns from {} on of blocks of {}", first, block);
  matrix.data.dims[1] = count;
  matrix.data.padded_dims[1] = divide_up(count, block) * block;
  return {matrix, first / block * layout.strides[1]};
}

// The matrix in bf16 as it is published, [N, K].
std::shared_ptr<Buffer> read_plain(Device& device, const Weight& weight, const ReadRows& read_rows) {
  constexpr int64_t kRowsAtOnce = 64;
  const size_t row_bytes = format_bf16().row_bytes(weight.k);
  auto plain = device.allocate(static_cast<size_t>(weight.n) * row_bytes);
  auto* rows =
      reinterpret_cast<float*>(device.scratch(static_cast<size_t>(kRowsAtOnce * weight.k) * sizeof(float)));
  for (int64_t first = 0; first < weight.n; first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, weight.n - first);
    read_rows(first, count, rows);
    for (int64_t i = 0; i < count; ++i)
      format_bf16().encode_row(rows + i * weight.k, weight.k,
                               plain->host + static_cast<size_t>(first + i) * row_bytes);
  }
  return plain;
}

}  // namespace

struct Bf16Matrix::Layout {
  int64_t k;
  memory::desc desc;  // [K, N], as the kernels for many rows want it
};

struct Bf16Matrix::Product {
  dnnl::matmul::primitive_desc desc;
  dnnl::matmul primitive;
  size_t weight_bytes;  // from the beginning of the matrix to its first column
};

Bf16Matrix::Bf16Matrix(Device& device, const Weight& weight, const ReadRows& read_rows) {
  const auto plain = read_plain(device, weight, read_rows);
  guarded("pack", [&] {
    constexpr int64_t kManyRows = 256;
    omp_set_num_threads(device.threads());
    const memory::desc any({weight.k, weight.n}, Type::bf16, memory::format_tag::any);
    const dnnl::matmul::desc many(rows_desc(kManyRows, weight.k, weight.k, Type::bf16), any,
                                  rows_desc(kManyRows, weight.n, weight.n, Type::f32));
    layout_ = std::make_unique<Layout>(
        Layout{weight.k, dnnl::matmul::primitive_desc(many, engine()).weights_desc()});
    values_ = device.allocate(layout_->desc.get_size());
    memory from({{weight.k, weight.n}, Type::bf16, memory::format_tag::ba}, engine(), plain->host);
    memory to(layout_->desc, engine(), values_->host);
    dnnl::stream stream(engine());
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
  });
}

Bf16Matrix::~Bf16Matrix() = default;

size_t Bf16Matrix::byte_size() const {
  return values_->byte_size;
}

void Bf16Matrix::unpack(const Weight& view, float* rows) const {
  guarded("unpack", [&] {
    const int64_t n = layout_->desc.dims()[1];
    std::vector<float> all(static_cast<size_t>(n * layout_->k));
    memory from(layout_->desc, engine(), values_->host);
    memory to({{layout_->k, n}, Type::f32, memory::format_tag::ba}, engine(), all.data());
    dnnl::stream stream(engine());
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    std::copy_n(all.begin() + view.first_row * layout_->k, view.n * layout_->k, rows);
  });
}

Bf16Matrix::Product& Bf16Matrix::product(const Case& c) {
  const auto made = products_.find(c);
  if (made != products_.end()) return made->second;
  const memory::desc x = rows_desc(c.num_rows, layout_->k, c.x_stride, Type::bf16);
  const memory::desc y = rows_desc(c.num_rows, c.n, c.n, c.y_type == DType::f32 ? Type::f32 : Type::bf16);
  const memory::desc bias = c.bias ? rows_desc(1, c.n, c.n, Type::f32) : memory::desc();
  const auto [w, first] = columns_of(layout_->desc, c.first_column, c.n);
  const auto weight_bytes = static_cast<size_t>(first) * sizeof(uint16_t);
  const dnnl::matmul::primitive_desc desc(dnnl::matmul::desc(x, w, bias, y), with(c.activation), engine());
  return products_.emplace(c, Product{desc, dnnl::matmul(desc), weight_bytes}).first->second;
}

void Bf16Matrix::multiply(const Device& device, const Weight& view, const void* x, int64_t x_stride,
                          int64_t num_rows, const float* bias, Activation activation, void* y, DType y_type) {
  guarded("multiply", [&] {
    omp_set_num_threads(device.threads());
    const Product& p =
        product({view.first_row, view.n, num_rows, x_stride, bias != nullptr, activation, y_type});
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, memory(p.desc.src_desc(), engine(), const_cast<void*>(x))},
        {DNNL_ARG_WEIGHTS, memory(p.desc.weights_desc(), engine(), values_->host + p.weight_bytes)},
        {DNNL_ARG_DST, memory(p.desc.dst_desc(), engine(), y)}};
    if (bias != nullptr)
      arguments.emplace(DNNL_ARG_BIAS, memory(p.desc.bias_desc(), engine(), const_cast<float*>(bias)));
    dnnl::stream stream(engine());
    p.primitive.execute(stream, arguments);
    stream.wait();
  });
}

std::string bf16_library() {
  const dnnl_version_t* version = dnnl::version();
  const bool amx = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_amx;
  return fmt::format("oneDNN {}.{}.{} {}", version->major, version->minor, version->patch,
                     amx ? "amx" : "bf16");
}

}  // namespace diorama::cpu
