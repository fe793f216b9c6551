#include <cstring>

#include "ops/harness.h"
#include "ops/ops.h"
#include "ops/reference.h"

namespace diorama::test {
namespace {

struct LinearCase {
  std::string name;
  int64_t lanes = 1, tokens = 16, n = 32, k = 32;
  const Format* format = &format_f32();
  Activation activation = Activation::none;
  DType y_type = DType::f32;
  bool bias = true, gate = false, residual = false, strided = false;
};

const std::vector<LinearCase> kCases = {
    {.name = "aligned"},
    {.name = "one_row", .tokens = 1, .n = 96, .k = 64},
    {.name = "one_row_one_column", .tokens = 1, .n = 1, .k = 7},
    {.name = "odd_everything", .lanes = 3, .tokens = 7, .n = 37, .k = 29},
    {.name = "many_rows", .tokens = 211, .n = 24, .k = 40},
    {.name = "long_k", .tokens = 5, .n = 33, .k = 3100},
    {.name = "no_bias", .tokens = 9, .n = 40, .k = 48, .bias = false},
    {.name = "strided_x", .lanes = 2, .tokens = 13, .n = 48, .k = 24, .strided = true},
    {.name = "silu", .tokens = 10, .n = 36, .k = 20, .activation = Activation::silu},
    {.name = "gelu", .tokens = 10, .n = 36, .k = 20, .activation = Activation::gelu_tanh},
    {.name = "relu", .tokens = 10, .n = 36, .k = 20, .activation = Activation::relu},
    {.name = "residual", .lanes = 2, .tokens = 6, .n = 44, .k = 36, .residual = true},
    {.name = "gate", .lanes = 3, .tokens = 5, .n = 72, .k = 33, .gate = true, .residual = true},
    {.name = "f16", .tokens = 19, .n = 35, .k = 70, .format = &format_f16()},
    {.name = "bf16", .tokens = 19, .n = 35, .k = 70, .format = &format_bf16()},
    {.name = "bf16_long_k", .tokens = 3, .n = 66, .k = 1600, .format = &format_bf16()},
    {.name = "f16_gate",
     .lanes = 2,
     .tokens = 9,
     .n = 34,
     .k = 64,
     .format = &format_f16(),
     .gate = true,
     .residual = true},
    {.name = "to_f16", .tokens = 7, .n = 39, .k = 50, .y_type = DType::f16},
    {.name = "to_bf16", .tokens = 7, .n = 39, .k = 50, .y_type = DType::bf16},
};

class Linear : public testing::TestWithParam<DeviceCase<LinearCase>> {};

TEST_P(Linear, equals_its_definition) {
  const auto& [variant, c] = GetParam();
  Device& device = *variant.device;
  Stream stream(device, Stream::Mode::run);
  const TestWeight w = make_weight(device, *c.format, c.n, c.k, 1, c.bias);
  const Floats x = rounded(random_values(c.lanes * c.tokens * c.k, 2), w.weight.input.type);
  const Floats gate = random_values(c.lanes * c.n, 3);
  const Floats residual = random_values(c.lanes * c.tokens * c.n, 4);
  const Shape y_shape{c.lanes, c.tokens, c.n};
  const Output y(device, y_shape, c.y_type);

  LinearArgs args;
  args.x = strided_input(device, {c.lanes, c.tokens, c.k}, x, c.strided ? c.k + 19 : c.k, c.strided ? 8 : 0,
                         w.weight.input.type);
  args.weight = &w.weight;
  args.activation = c.activation;
  if (c.gate) args.gate = strided_input(device, {c.lanes, c.n}, gate, 2 * c.n, c.n);
  if (c.residual) args.residual = input(device, y_shape, residual);
  args.y = y.tensor();
  ops::linear(stream, args);

  Doubles expected =
      reference::linear(x, w.values, bias_of(device, w), c.lanes * c.tokens, c.n, c.k, c.activation);
  for (size_t i = 0; i < expected.size() && c.residual; ++i) {
    const auto lane = static_cast<int64_t>(i) / (c.tokens * c.n);
    const double factor = c.gate ? gate[lane * c.n + static_cast<int64_t>(i) % c.n] : 1.0;
    expected[i] = residual[i] + factor * expected[i];
  }
  const DType type = c.y_type == DType::f32 ? w.weight.input.type : c.y_type;
  expect_close(variant.name + " linear", y_shape, type, y.values(), expected);
  EXPECT_EQ(stream.multiply_adds(), static_cast<uint64_t>(c.lanes * c.tokens * c.n * c.k));
}

INSTANTIATE_TEST_SUITE_P(On, Linear, on_every_device(kCases), name_of_device_case<LinearCase>);

class LinearProperty : public testing::TestWithParam<TestDevice> {};

std::vector<std::byte> product(Device& device, const TestWeight& w, const Floats& x, int64_t rows) {
  Stream stream(device, Stream::Mode::run);
  const Output y(device, {rows, w.weight.n});
  LinearArgs args;
  args.x = input_for(stream, w.weight, {rows, w.weight.k}, Floats(x.begin(), x.begin() + rows * w.weight.k));
  args.weight = &w.weight;
  args.y = y.tensor();
  ops::linear(stream, args);
  return y.bytes();
}

// Pruned tokens and other batch sizes must not change the rows that stay.
TEST_P(LinearProperty, a_row_does_not_depend_on_the_rows_beside_it) {
  Device& device = *GetParam().device;
  const bool small = device.kind() != DeviceKind::cpu;
  for (const auto& [n, k] : std::vector<std::pair<int64_t, int64_t>>{{320, 40}, {24, 1280}, {64, 4608}}) {
    const TestWeight w = make_weight(device, format_f32(), n, k, 5);
    const int64_t most = small ? 64 : 512;
    const Floats x = random_values(most * k, 6);
    const std::vector<std::byte> whole = product(device, w, x, most);
    for (const int64_t rows : {1, 2, 3, 16, 64, 128}) {
      if (rows > most) continue;
      const std::vector<std::byte> part = product(device, w, x, rows);
      EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()))
          << rows << " rows, N " << n << ", K " << k;
    }
  }
}

TEST_P(LinearProperty, a_fused_gate_equals_linear_then_gate_add_bit_for_bit) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  const Shape shape{2, 11, 52};
  const TestWeight w = make_weight(device, format_f32(), 52, 60, 7);
  LinearArgs args;
  args.x = input(device, {2, 11, 60}, random_values(2 * 11 * 60, 8), w.weight.input.type);
  args.weight = &w.weight;
  const Tensor gate = input(device, {2, 52}, random_values(2 * 52, 9));
  const Tensor residual = input(device, shape, random_values(shape.num_elements(), 10));

  const Output plain(device, shape), composed(device, shape), fused(device, shape);
  args.y = plain.tensor();
  ops::linear(stream, args);
  ops::gate_add(stream, {.x = plain.tensor(), .gate = gate, .residual = residual, .y = composed.tensor()});
  args.gate = gate;
  args.residual = residual;
  args.y = fused.tensor();
  ops::linear(stream, args);
  EXPECT_EQ(fused.bytes(), composed.bytes());
}

// Queries of some tokens, keys of all: two views of one joined projection.
TEST_P(LinearProperty, a_view_of_rows_gives_those_columns) {
  Device& device = *GetParam().device;
  constexpr int64_t kRows = 9, kColumns = 200;
  const Floats x = random_values(kRows * 36, 15);
  for (const Format* format : formats())
    for (const auto& [first, count] :
         std::vector<std::pair<int64_t, int64_t>>{{128, 72}, {64, 64}, {0, 100}}) {
      const TestWeight whole = make_weight(device, *format, kColumns, 36, 14);
      TestWeight part = whole;
      part.weight = whole.weight.rows(first, count);
      const std::vector<std::byte> all = product(device, whole, x, kRows);
      const std::vector<std::byte> some = product(device, part, x, kRows);
      const size_t size = static_cast<size_t>(count) * sizeof(float);
      for (int64_t row = 0; row < kRows; ++row)
        EXPECT_EQ(std::memcmp(some.data() + static_cast<size_t>(row) * size,
                              all.data() + static_cast<size_t>(row * kColumns + first) * sizeof(float), size),
                  0)
            << format->name << " rows from " << first << ", row " << row;
    }
}

TEST_P(LinearProperty, unpacking_gives_the_rows_that_products_see) {
  Device& device = *GetParam().device;
  for (const Format* format : formats())
    for (const int64_t k : {36, 200, 256})
      for (const auto& [first, count] :
           std::vector<std::pair<int64_t, int64_t>>{{0, 200}, {128, 72}, {64, 64}, {0, 30}}) {
        const TestWeight whole = make_weight(device, *format, 200, k, 14);
        Floats rows(static_cast<size_t>(count * k));
        device.unpack(whole.weight.rows(first, count), rows.data());
        for (size_t i = 0; i < rows.size(); ++i)
          ASSERT_EQ(rows[i], whole.values[i + static_cast<size_t>(first * k)])
              << GetParam().name << " " << format->name << " k " << k << " rows from " << first
              << ", element " << i;
      }
}

TEST_P(LinearProperty, the_output_may_replace_the_residual) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  const Shape shape{1, 30, 70};
  const TestWeight w = make_weight(device, format_f32(), 70, 24, 11);
  const Floats residual = random_values(shape.num_elements(), 12);
  LinearArgs args;
  args.x = input(device, {1, 30, 24}, random_values(30 * 24, 13), w.weight.input.type);
  args.weight = &w.weight;
  args.residual = input(device, shape, residual);
  const Output apart(device, shape), in_place(device, shape);
  args.y = apart.tensor();
  ops::linear(stream, args);
  device.upload(in_place.tensor(), residual.data());
  args.residual = args.y = in_place.tensor();
  ops::linear(stream, args);
  EXPECT_EQ(in_place.bytes(), apart.bytes());
}

INSTANTIATE_TEST_SUITE_P(On, LinearProperty, testing::ValuesIn(test_devices()), name_of_device);

}  // namespace
}  // namespace diorama::test
