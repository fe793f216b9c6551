#include "ops/harness.h"
#include "ops/ops.h"
#include "ops/reference.h"

namespace diorama::test {
namespace {

struct NormCase {
  std::string name;
  NormKind kind = NormKind::layer;
  int64_t lanes = 2, tokens = 5, width = 64;
  float eps = 1e-6f;
  bool weight = false, bias = false, modulation = false;
  DType y_type = DType::f32;
  float offset = 0;  // of the mean, in standard deviations
};

const std::vector<NormCase> kCases = {
    {.name = "layer"},
    {.name = "rms", .kind = NormKind::rms, .weight = true},
    {.name = "odd_width",
     .lanes = 3,
     .tokens = 7,
     .width = 77,
     .weight = true,
     .bias = true,
     .modulation = true},
    {.name = "narrow", .tokens = 3, .width = 5, .modulation = true},
    {.name = "wide", .tokens = 2, .width = 1152, .modulation = true},
    {.name = "large_eps", .width = 48, .eps = 0.5f},
    {.name = "far_from_zero", .width = 320, .offset = 30},
    {.name = "rms_to_bf16", .kind = NormKind::rms, .width = 50, .weight = true, .y_type = DType::bf16},
    {.name = "to_f16", .width = 50, .modulation = true, .y_type = DType::f16},
};

class Norm : public testing::TestWithParam<DeviceCase<NormCase>> {};

TEST_P(Norm, equals_its_definition) {
  const auto& [variant, c] = GetParam();
  Device& device = *variant.device;
  Stream stream(device, Stream::Mode::run);
  const Shape shape{c.lanes, c.tokens, c.width};
  Floats x = random_values(shape.num_elements(), 1);
  for (float& value : x) value += c.offset;
  reference::Norm definition{c.kind, c.lanes, c.tokens, c.width, c.eps, {}, {}, {}, {}};
  const Output y(device, shape, c.y_type);
  NormArgs args{.kind = c.kind, .x = input(device, shape, x), .eps = c.eps, .y = y.tensor()};
  if (c.weight) args.weight = input(device, {c.width}, definition.weight = random_values(c.width, 2));
  if (c.bias) args.bias = input(device, {c.width}, definition.bias = random_values(c.width, 3));
  if (c.modulation) {
    definition.shift = random_values(c.lanes * c.width, 4);
    definition.scale = random_values(c.lanes * c.width, 5);
    args.shift = strided_input(device, {c.lanes, c.width}, definition.shift, 6 * c.width, 0);
    args.scale = strided_input(device, {c.lanes, c.width}, definition.scale, 6 * c.width, c.width);
  }
  ops::norm(stream, args);
  expect_close(variant.name + " norm", shape, c.y_type, y.values(), reference::norm(definition, x));
}

INSTANTIATE_TEST_SUITE_P(On, Norm, on_every_device(kCases), name_of_device_case<NormCase>);

}  // namespace
}  // namespace diorama::test
