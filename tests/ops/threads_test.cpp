#include "cpu/device.h"
#include "ops/harness.h"
#include "ops/ops.h"

// Every reduction has a fixed order: the number of threads must not show in a single bit.
namespace diorama::test {
namespace {

using Bytes = std::vector<std::byte>;
using Run = Bytes (*)(Device& device);

Bytes linear_of(Device& device, int64_t rows, int64_t n, int64_t k) {
  Stream stream(device, Stream::Mode::run);
  const TestWeight w = make_weight(device, format_f32(), n, k, 1);
  const Output y(device, {rows, n});
  LinearArgs args;
  args.x = input(device, {rows, k}, random_values(rows * k, 2));
  args.weight = &w.weight;
  args.activation = Activation::gelu_tanh;
  args.y = y.tensor();
  ops::linear(stream, args);
  return y.bytes();
}

Bytes tall_linear(Device& device) {
  return linear_of(device, 517, 96, 1160);
}
Bytes wide_linear(Device& device) {
  return linear_of(device, 3, 323, 1700);
}

Bytes attention(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const Shape shape{1, 333, 72};
  const Tensor x = input(device, shape, random_values(shape.num_elements(), 3));
  const Output y(device, shape);
  ops::attention(stream, {.q = x, .k = x, .v = x, .num_heads = 1, .scale = 0.12f, .y = y.tensor()});
  return y.bytes();
}

Bytes norm(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const Shape shape{2, 100, 333};
  const Output y(device, shape);
  ops::norm(
      stream,
      {.x = input(device, shape, random_values(shape.num_elements(), 4)), .eps = 1e-6f, .y = y.tensor()});
  return y.bytes();
}

Bytes conv(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const TestWeight w = make_weight(device, format_f32(), 40, 9 * 24, 5, true, 3);
  const Shape x_shape{1, 37, 41, 24};
  const Output y(device, {1, 37, 41, 40});
  ops::conv(stream, {.x = input(device, x_shape, random_values(x_shape.num_elements(), 6)),
                     .weight = &w.weight,
                     .pad_top = 1,
                     .pad_left = 1,
                     .pad_bottom = 1,
                     .pad_right = 1,
                     .y = y.tensor()});
  return y.bytes();
}

Bytes group_norm(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const Shape shape{1, 53, 47, 32};
  const Output y(device, shape);
  ops::group_norm(stream, {.x = input(device, shape, random_values(shape.num_elements(), 7)),
                           .groups = 4,
                           .eps = 1e-6f,
                           .weight = input(device, {32}, random_values(32, 8)),
                           .bias = input(device, {32}, random_values(32, 9)),
                           .activation = Activation::silu,
                           .y = y.tensor()});
  return y.bytes();
}

struct ThreadsCase {
  std::string name;
  Run run;
};

class Threads : public testing::TestWithParam<ThreadsCase> {};

TEST_P(Threads, do_not_change_a_bit) {
  for (const cpu::Isa isa : {cpu::Isa::portable, cpu::Isa::avx2, cpu::Isa::avx512}) {
    if (!cpu::runs(isa)) continue;
    cpu::Device one({.threads = 1, .isa = isa});
    const Bytes expected = GetParam().run(one);
    for (const int threads : {2, 3, 8}) {
      cpu::Device several({.threads = threads, .isa = isa});
      EXPECT_TRUE(GetParam().run(several) == expected) << cpu::name_of(isa) << ", " << threads << " threads";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(On, Threads,
                         testing::ValuesIn(std::vector<ThreadsCase>{{"tall_linear", tall_linear},
                                                                    {"wide_linear", wide_linear},
                                                                    {"attention", attention},
                                                                    {"norm", norm},
                                                                    {"conv", conv},
                                                                    {"group_norm", group_norm}}),
                         [](const testing::TestParamInfo<ThreadsCase>& info_of) {
                           return info_of.param.name;
                         });

}  // namespace
}  // namespace diorama::test
