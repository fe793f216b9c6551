#include "ops/harness.h"
#include "ops/ops.h"
#include "ops/reference.h"

namespace diorama::test {
namespace {

struct ConvCase {
  std::string name;
  reference::Conv conv;
  bool residual = false;
  const Format* format = &format_f32();
  DType y_type = DType::f32;
};

reference::Conv same(int64_t images, int64_t height, int64_t width, int64_t in, int64_t out,
                     Activation activation = Activation::none) {
  return {images, height, width, in, out, 3, 1, 1, 1, 1, 1, 1, activation};
}

reference::Conv point(int64_t height, int64_t width, int64_t in, int64_t out) {
  return {2, height, width, in, out, 1, 1, 0, 0, 0, 0, 1, Activation::none};
}

reference::Conv upsampled(int64_t height, int64_t width, int64_t in, int64_t out) {
  return {1, height, width, in, out, 3, 1, 1, 1, 1, 1, 2, Activation::none};
}

// As the encoder of AutoencoderKL: zeros below and to the right only.
reference::Conv halved(int64_t height, int64_t width, int64_t in, int64_t out) {
  return {1, height, width, in, out, 3, 2, 0, 0, 1, 1, 1, Activation::none};
}

const std::vector<ConvCase> kCases = {
    {.name = "same", .conv = same(2, 8, 8, 16, 32)},
    {.name = "odd_sizes", .conv = same(1, 7, 11, 13, 19)},
    {.name = "one_pixel", .conv = same(1, 1, 1, 5, 6)},
    {.name = "four_channels_in", .conv = same(1, 9, 6, 4, 24)},
    {.name = "three_channels_out", .conv = same(1, 12, 10, 16, 3)},
    {.name = "three_to_four", .conv = same(1, 6, 5, 3, 4)},
    {.name = "relu", .conv = same(1, 6, 6, 8, 8, Activation::relu)},
    {.name = "residual", .conv = same(2, 5, 7, 8, 20), .residual = true},
    {.name = "residual_then_relu", .conv = same(1, 6, 6, 12, 12, Activation::relu), .residual = true},
    {.name = "residual_then_silu", .conv = same(1, 6, 6, 12, 12, Activation::silu), .residual = true},
    {.name = "point", .conv = point(5, 9, 10, 30)},
    {.name = "strided", .conv = {1, 8, 8, 6, 10, 3, 2, 1, 1, 1, 1, 1, Activation::none}},
    {.name = "strided_padded_below_and_right", .conv = halved(8, 10, 7, 9)},
    {.name = "upsampled", .conv = upsampled(5, 4, 9, 17)},
    {.name = "many_pixels", .conv = same(1, 33, 31, 6, 6)},
    {.name = "f16", .conv = same(1, 6, 7, 10, 12), .format = &format_f16()},
    {.name = "bf16", .conv = same(1, 6, 7, 10, 12), .format = &format_bf16()},
    {.name = "residual_to_bf16", .conv = same(1, 5, 5, 8, 12), .residual = true, .y_type = DType::bf16},
};

class Conv : public testing::TestWithParam<DeviceCase<ConvCase>> {};

TEST_P(Conv, equals_its_definition) {
  const auto& [variant, c] = GetParam();
  const reference::Conv& d = c.conv;
  Device& device = *variant.device;
  Stream stream(device, Stream::Mode::run);
  const TestWeight w =
      make_weight(device, *c.format, d.out_channels, d.kernel * d.kernel * d.in_channels, 1, true, d.kernel);
  const Shape x_shape{d.images, d.height, d.width, d.in_channels};
  const Shape y_shape{d.images, d.out_height(), d.out_width(), d.out_channels};
  const Floats x = rounded(random_values(x_shape.num_elements(), 2), w.weight.input.type);
  const Floats residual = c.residual ? rounded(random_values(y_shape.num_elements(), 3), c.y_type) : Floats{};
  const Output y(device, y_shape, c.y_type);
  ConvArgs args{.x = input(device, x_shape, x, w.weight.input.type),
                .weight = &w.weight,
                .stride = d.stride,
                .pad_top = d.pad_top,
                .pad_left = d.pad_left,
                .pad_bottom = d.pad_bottom,
                .pad_right = d.pad_right,
                .upsample = d.upsample,
                .activation = d.activation,
                .y = y.tensor()};
  if (c.residual) args.residual = input(device, y_shape, residual, c.y_type);
  ops::conv(stream, args);
  const DType type = c.y_type == DType::f32 ? w.weight.input.type : c.y_type;
  expect_close(variant.name + " conv", y_shape, type, y.values(),
               reference::conv(d, x, w.values, bias_of(device, w), residual));
}

INSTANTIATE_TEST_SUITE_P(On, Conv, on_every_device(kCases), name_of_device_case<ConvCase>);

struct GroupNormCase {
  std::string name;
  int64_t images = 1, height = 4, width = 5, channels = 32, groups = 8;
  Activation activation = Activation::none;
  DType x_type = DType::f32, y_type = DType::f32;
  float offset = 0;
};

const std::vector<GroupNormCase> kGroupNormCases = {
    {.name = "plain"},
    {.name = "silu", .images = 2, .activation = Activation::silu},
    {.name = "one_group", .channels = 20, .groups = 1},
    {.name = "one_channel_a_group", .channels = 12, .groups = 12},
    {.name = "three_channels_a_group", .images = 3, .height = 7, .width = 3, .channels = 33, .groups = 11},
    {.name = "many_pixels", .height = 29, .width = 31, .channels = 8, .groups = 2},
    {.name = "far_from_zero", .channels = 64, .groups = 32, .offset = 100},
    {.name = "bf16", .x_type = DType::bf16, .y_type = DType::bf16},
    {.name = "f16", .x_type = DType::f16, .y_type = DType::f16},
};

class GroupNorm : public testing::TestWithParam<DeviceCase<GroupNormCase>> {};

TEST_P(GroupNorm, equals_its_definition) {
  const auto& [variant, c] = GetParam();
  Device& device = *variant.device;
  Stream stream(device, Stream::Mode::run);
  const Shape shape{c.images, c.height, c.width, c.channels};
  Floats x = random_values(shape.num_elements(), 1);
  for (float& value : x) value += c.offset;
  x = rounded(x, c.x_type);
  const Floats weight = random_values(c.channels, 2), bias = random_values(c.channels, 3);
  const Output y(device, shape, c.y_type);
  ops::group_norm(stream, {.x = input(device, shape, x, c.x_type),
                           .groups = static_cast<int>(c.groups),
                           .eps = 1e-6f,
                           .weight = input(device, {c.channels}, weight),
                           .bias = input(device, {c.channels}, bias),
                           .activation = c.activation,
                           .y = y.tensor()});
  expect_close(variant.name + " group norm", shape, c.y_type, y.values(),
               reference::group_norm(x, c.images, c.height * c.width, c.channels, c.groups, 1e-6f, weight,
                                     bias, c.activation));
}

INSTANTIATE_TEST_SUITE_P(On, GroupNorm, on_every_device(kGroupNormCases), name_of_device_case<GroupNormCase>);

}  // namespace
}  // namespace diorama::test
