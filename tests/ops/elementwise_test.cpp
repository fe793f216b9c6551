#include <cmath>

#include "ops/harness.h"
#include "ops/ops.h"
#include "ops/reference.h"

namespace diorama::test {
namespace {

struct BinaryCase {
  std::string name;
  BinaryKind kind = BinaryKind::add;
  int64_t rows = 12, b_rows = 12, width = 40;
  DType a_type = DType::f32, b_type = DType::f32, y_type = DType::f32;
  bool strided = false;
};

const std::vector<BinaryCase> kBinaryCases = {
    {.name = "add"},
    {.name = "multiply", .kind = BinaryKind::multiply, .width = 37},
    {.name = "gelu_multiply", .kind = BinaryKind::gelu_tanh_multiply, .width = 50},
    {.name = "weighted_sum", .kind = BinaryKind::weighted_sum, .width = 35},
    {.name = "one_row_for_all", .b_rows = 1, .width = 19},
    {.name = "rows_repeat", .kind = BinaryKind::multiply, .b_rows = 4, .width = 33},
    {.name = "one_column", .width = 1},
    {.name = "halves_of_a_joined_projection",
     .kind = BinaryKind::gelu_tanh_multiply,
     .width = 45,
     .strided = true},
    {.name = "f16",
     .kind = BinaryKind::multiply,
     .a_type = DType::f16,
     .b_type = DType::f16,
     .y_type = DType::f16},
    {.name = "mixed", .width = 21, .a_type = DType::bf16, .b_type = DType::f32, .y_type = DType::bf16},
};

constexpr float kWeights[2] = {1.5f, -0.75f};

double combine(BinaryKind kind, double a, double b) {
  if (kind == BinaryKind::add) return a + b;
  if (kind == BinaryKind::weighted_sum) return kWeights[0] * a + kWeights[1] * b;
  return (kind == BinaryKind::multiply ? a : reference::activate(Activation::gelu_tanh, a)) * b;
}

class Binary : public testing::TestWithParam<DeviceCase<BinaryCase>> {};

TEST_P(Binary, equals_its_definition) {
  const auto& [variant, c] = GetParam();
  Device& device = *variant.device;
  Stream stream(device, Stream::Mode::run);
  const Floats a = rounded(random_values(c.rows * c.width, 1, 2), c.a_type);
  const Floats b = rounded(random_values(c.b_rows * c.width, 2), c.b_type);
  const Shape shape{2, c.rows / 2, c.width};
  const int64_t row = c.strided ? 2 * c.width : c.width;
  const Output y(device, shape, c.y_type);
  ops::binary(stream,
              {.kind = c.kind,
               .a = strided_input(device, shape, a, row, 0, c.a_type),
               .b = strided_input(device, {c.b_rows, c.width}, b, row, c.strided ? c.width : 0, c.b_type),
               .a_weight = kWeights[0],
               .b_weight = kWeights[1],
               .y = y.tensor()});
  Doubles expected(a.size());
  for (size_t i = 0; i < a.size(); ++i) expected[i] = combine(c.kind, a[i], b[i % b.size()]);
  expect_close(variant.name + " binary", shape, c.y_type, y.values(), expected);
}

INSTANTIATE_TEST_SUITE_P(On, Binary, on_every_device(kBinaryCases), name_of_device_case<BinaryCase>);

struct UnaryCase {
  std::string name;
  Activation activation = Activation::none;
  DType x_type = DType::f32, y_type = DType::f32;
  bool strided = false;
};

const std::vector<UnaryCase> kUnaryCases = {
    {.name = "silu", .activation = Activation::silu}, {.name = "gelu", .activation = Activation::gelu_tanh},
    {.name = "relu", .activation = Activation::relu}, {.name = "copy_of_columns", .strided = true},
    {.name = "f32_to_f16", .y_type = DType::f16},     {.name = "f32_to_bf16", .y_type = DType::bf16},
    {.name = "f16_to_f32", .x_type = DType::f16},     {.name = "bf16_to_f32", .x_type = DType::bf16},
};

class Unary : public testing::TestWithParam<DeviceCase<UnaryCase>> {};

TEST_P(Unary, equals_its_definition) {
  const auto& [variant, c] = GetParam();
  Device& device = *variant.device;
  Stream stream(device, Stream::Mode::run);
  const Shape shape{3, 5, 43};
  const Floats x = rounded(random_values(shape.num_elements(), 1, 4), c.x_type);
  const Output y(device, shape, c.y_type);
  ops::unary(stream, {.activation = c.activation,
                      .x = strided_input(device, shape, x, c.strided ? 60 : 43, c.strided ? 12 : 0, c.x_type),
                      .y = y.tensor()});
  Doubles expected(x.size());
  for (size_t i = 0; i < x.size(); ++i) expected[i] = reference::activate(c.activation, x[i]);
  expect_close(variant.name + " unary", shape, c.y_type, y.values(), expected);
}

INSTANTIATE_TEST_SUITE_P(On, Unary, on_every_device(kUnaryCases), name_of_device_case<UnaryCase>);

class Elementwise : public testing::TestWithParam<TestDevice> {};

// Every element by itself: a small error of a large one must not hide a large error of a small one.
TEST_P(Elementwise, activations_are_accurate_over_their_whole_range) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  Floats x;
  for (int i = -3000; i <= 3000; ++i) x.push_back(static_cast<float>(i) / 100);
  x.insert(x.end(), {-1e30f, -200, -100, -88, -0.0f, 1e-20f, 88, 100, 200, 1e30f});
  const Shape shape{1, static_cast<int64_t>(x.size())};
  for (const Activation activation : {Activation::silu, Activation::gelu_tanh}) {
    const Output y(device, shape);
    ops::unary(stream, {.activation = activation, .x = input(device, shape, x), .y = y.tensor()});
    const Floats got = y.values();
    for (size_t i = 0; i < x.size(); ++i) {
      const double expected = reference::activate(activation, x[i]);
      // 2e-6 of the value, or of what 1 + tanh keeps of the argument in fp32
      EXPECT_NEAR(got[i], expected,
                  2e-6 * std::abs(expected) + 1e-7 * std::min(1.0, std::abs(static_cast<double>(x[i]))))
          << GetParam().name << " activation " << static_cast<int>(activation) << " of " << x[i];
    }
  }
}

TEST_P(Elementwise, gate_add_scales_each_lane_by_its_own_gate) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  const Shape shape{3, 4, 45};
  const Floats x = random_values(shape.num_elements(), 1), residual = random_values(shape.num_elements(), 2);
  const Floats gate = random_values(3 * 45, 3);
  for (const bool gated : {true, false}) {
    const Output y(device, shape);
    GateAddArgs args{.x = input(device, shape, x),
                     .gate = {},
                     .residual = input(device, shape, residual),
                     .y = y.tensor()};
    if (gated) args.gate = strided_input(device, {3, 45}, gate, 6 * 45, 45);
    ops::gate_add(stream, args);
    Doubles expected(x.size());
    for (size_t i = 0; i < x.size(); ++i) {
      const double factor = gated ? gate[i / (4 * 45) * 45 + i % 45] : 1.0;
      expected[i] = residual[i] + factor * x[i];
    }
    expect_close(GetParam().name + " gate add", shape, DType::f32, y.values(), expected);
  }
}

TEST_P(Elementwise, soft_clamp_keeps_small_values_and_bounds_large_ones) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  Floats x = random_values(203, 1, 3);
  x.insert(x.end(), {-1e4f, -50, 0, 1e-6f, 50, 1e4f});
  const Shape shape{static_cast<int64_t>(x.size())};
  const Output y(device, shape);
  ops::soft_clamp(stream, {.x = input(device, shape, x), .limit = 3, .y = y.tensor()});
  Doubles expected(x.size());
  for (size_t i = 0; i < x.size(); ++i) expected[i] = 3 * std::tanh(x[i] / 3.0);
  expect_close(GetParam().name + " soft clamp", shape, DType::f32, y.values(), expected);
}

INSTANTIATE_TEST_SUITE_P(On, Elementwise, testing::ValuesIn(test_devices()), name_of_device);

}  // namespace
}  // namespace diorama::test
