#include "cpu/simd/math.h"
#include "cpu/simd/table.h"

namespace diorama::cpu::DIORAMA_ISA {
namespace {

Vec combine(const BinaryTask& task, Vec a, Vec b) {
  switch (task.kind) {
    case BinaryKind::add:
      return a + b;
    case BinaryKind::multiply:
      return a * b;
    case BinaryKind::gelu_tanh_multiply:
      return gelu_tanh(a) * b;
    case BinaryKind::weighted_sum:
      return a * task.a_weight + b * task.b_weight;
  }
  return a;
}

}  // namespace

void binary_row(const BinaryTask& task, Rows a, Rows b, MutableRows y, int64_t width) {
  for (int64_t i = 0; i < width; i += kLanes) {
    const int count = lanes_left(i, width);
    store_as(y.type, y.data, i,
             combine(task, load_as(a.type, a.data, i, count), load_as(b.type, b.data, i, count)), count);
  }
}

void unary_row(Activation activation, Rows x, MutableRows y, int64_t width) {
  for (int64_t i = 0; i < width; i += kLanes) {
    const int count = lanes_left(i, width);
    store_as(y.type, y.data, i, activate(activation, load_as(x.type, x.data, i, count)), count);
  }
}

void gate_add_row(const float* x, const float* gate, const float* residual, float* y, int64_t width) {
  for (int64_t i = 0; i < width; i += kLanes) {
    const int count = lanes_left(i, width);
    Vec v = load(x + i, count);
    if (gate != nullptr) v *= load(gate + i, count);
    store(y + i, v + load(residual + i, count), count);
  }
}

void clamp_softly(const float* x, float limit, float* y, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(i, count);
    store(y + i, tanh(load(x + i, lanes) / limit) * limit, lanes);
  }
}

void sum_columns(Rows x, int64_t num_rows, int64_t width, const float* center, float* sums, float* squares) {
  for (int64_t c = 0; c < width; c += kLanes) {
    const int count = lanes_left(c, width);
    const Vec middle = load(center + c, count);
    Vec sum{}, square{};
    for (int64_t r = 0; r < num_rows; ++r) {
      const Vec v = load_as(x.type, x.data, r * x.stride + c, count) - middle;
      sum += v;
      square = fma(v, v, square);
    }
    store(sums + c, sum, count);
    store(squares + c, square, count);
  }
}

void scale_columns(Rows x, int64_t num_rows, int64_t width, const float* center, const float* scale,
                   const float* shift, Activation activation, MutableRows y) {
  for (int64_t r = 0; r < num_rows; ++r)
    for (int64_t c = 0; c < width; c += kLanes) {
      const int count = lanes_left(c, width);
      const Vec v = load_as(x.type, x.data, r * x.stride + c, count) - load(center + c, count);
      store_as(y.type, y.data, r * y.stride + c,
               activate(activation, fma(v, load(scale + c, count), load(shift + c, count))), count);
    }
}

}  // namespace diorama::cpu::DIORAMA_ISA
