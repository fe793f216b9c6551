#include <cmath>
#include <limits>

#include "ops/harness.h"
#include "ops/ops.h"
#include "ops/reference.h"

namespace diorama::test {
namespace {

struct AttentionCase {
  std::string name;
  int64_t lanes = 1, heads = 2, queries = 9, keys = 9, head_dim = 16;
  DType type = DType::f32, y_type = DType::f32;
  enum class Mask { none, half, all_but_one, lowest } mask = Mask::none;
  bool position_bias = false, joined = false;
  float sharpness = 1;  // times 1 / sqrt(head_dim)
  int64_t window = 0;
};
using Mask = AttentionCase::Mask;

const std::vector<AttentionCase> kCases = {
    {.name = "small"},
    {.name = "one_query_one_key", .queries = 1, .keys = 1, .head_dim = 40},
    {.name = "dim_40", .lanes = 2, .queries = 17, .keys = 7, .head_dim = 40},
    {.name = "dim_64", .lanes = 2, .queries = 33, .keys = 77, .head_dim = 64},
    {.name = "dim_72", .lanes = 2, .heads = 3, .queries = 64, .keys = 64, .head_dim = 72},
    {.name = "dim_80", .queries = 5, .keys = 300, .head_dim = 80},
    {.name = "dim_512", .heads = 1, .queries = 14, .keys = 70, .head_dim = 512},
    {.name = "many_queries", .queries = 300, .keys = 20, .head_dim = 24},
    {.name = "sharp", .queries = 12, .keys = 130, .head_dim = 32, .sharpness = 20},
    {.name = "masked", .lanes = 3, .queries = 10, .keys = 77, .head_dim = 40, .mask = Mask::half},
    {.name = "all_but_one_masked", .lanes = 2, .queries = 4, .keys = 140, .mask = Mask::all_but_one},
    {.name = "all_at_the_lowest_float", .queries = 4, .keys = 70, .mask = Mask::lowest},
    {.name = "position_bias", .lanes = 2, .heads = 4, .queries = 21, .keys = 21, .position_bias = true},
    {.name = "mask_and_position_bias", .queries = 30, .keys = 70, .mask = Mask::half, .position_bias = true},
    {.name = "joined_projection", .lanes = 2, .queries = 26, .keys = 26, .head_dim = 72, .joined = true},
    {.name = "f16", .queries = 20, .keys = 30, .head_dim = 72, .type = DType::f16, .y_type = DType::f16},
    {.name = "bf16", .queries = 20, .keys = 30, .head_dim = 40, .type = DType::bf16, .y_type = DType::bf16},
    {.name = "window", .lanes = 2, .queries = 70, .keys = 70, .window = 9},
    {.name = "window_of_one", .queries = 40, .keys = 40, .head_dim = 24, .window = 1},
    {.name = "long_window", .queries = 600, .keys = 600, .head_dim = 8, .window = 130},
    {.name = "window_of_all", .queries = 33, .keys = 33, .window = 40},
    {.name = "window_and_biases",
     .queries = 50,
     .keys = 50,
     .mask = Mask::half,
     .position_bias = true,
     .window = 6},
    {.name = "f32_to_bf16", .queries = 8, .keys = 12, .head_dim = 36, .y_type = DType::bf16},
};

Floats mask_values(const AttentionCase& c) {
  Floats bias(static_cast<size_t>(c.lanes * c.keys));
  for (int64_t i = 0; i < c.lanes * c.keys; ++i) {
    const int64_t key = i % c.keys;
    if (c.mask == Mask::half && key % 2 == 1) bias[i] = -10000.0f;
    if (c.mask == Mask::all_but_one && key != c.keys - 3) bias[i] = -std::numeric_limits<float>::infinity();
    if (c.mask == Mask::lowest) bias[i] = std::numeric_limits<float>::lowest();
  }
  return bias;
}

class Attention : public testing::TestWithParam<DeviceCase<AttentionCase>> {};

// Runs a case, in 8-bit codes if it may; returns what came out and what should have.
struct AttentionResult {
  Floats got;
  Doubles expected;
};

AttentionResult run(Device& device, const AttentionCase& c, bool codes, float key_offset = 0) {
  Stream stream(device, Stream::Mode::run);
  const int64_t width = c.heads * c.head_dim;
  const Shape q_shape{c.lanes, c.queries, width}, k_shape{c.lanes, c.keys, width};
  const Floats q = rounded(random_values(q_shape.num_elements(), 1), c.type);
  Floats k = random_values(k_shape.num_elements(), 2);
  for (size_t i = 0; i < k.size(); ++i)
    k[i] += key_offset * static_cast<float>(static_cast<int64_t>(i) % width % 3);
  k = rounded(std::move(k), c.type);
  const Floats v = rounded(random_values(k_shape.num_elements(), 3), c.type);
  const float scale = c.sharpness / std::sqrt(static_cast<float>(c.head_dim));
  reference::Attention definition{c.lanes, c.heads, c.queries, c.keys, c.head_dim, scale, {}, {}, c.window};

  const Output y(device, q_shape, c.y_type);
  const int64_t row = c.joined ? 3 * width : width;
  AttentionArgs args{.q = strided_input(device, q_shape, q, row, 0, c.type),
                     .k = strided_input(device, k_shape, k, row, c.joined ? width : 0, c.type),
                     .v = strided_input(device, k_shape, v, row, c.joined ? 2 * width : 0, c.type),
                     .num_heads = static_cast<int>(c.heads),
                     .scale = scale,
                     .window = c.window,
                     .codes = codes,
                     .y = y.tensor()};
  if (c.mask != Mask::none)
    args.key_bias = input(device, {c.lanes, c.keys}, definition.key_bias = mask_values(c));
  if (c.mask == Mask::lowest) {
    definition.key_bias.assign(definition.key_bias.size(), -1e30f);
    definition.scale = 0;
  }
  if (c.position_bias) {
    definition.position_bias = random_values(c.heads * c.queries * c.keys, 4, 3);
    args.position_bias = input(device, {c.heads, c.queries, c.keys}, definition.position_bias);
  }
  ops::attention(stream, args);
  return {y.values(), reference::attention(definition, q, k, v)};
}

double relative_l2(const AttentionResult& result) {
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < result.got.size(); ++i) {
    difference += std::pow(result.got[i] - result.expected[i], 2);
    norm += result.expected[i] * result.expected[i];
  }
  return std::sqrt(difference / norm);
}

TEST_P(Attention, equals_its_definition) {
  const auto& [variant, c] = GetParam();
  const AttentionResult result = run(*variant.device, c, false);
  const DType type = c.y_type == DType::f32 ? c.type : c.y_type;
  expect_close(variant.name + " attention", {c.lanes, c.queries, c.heads * c.head_dim}, type, result.got,
               result.expected);
}

// The kernels for codes are the cpu's; elsewhere, and with a position bias, the wish is not granted.
bool has_codes(const Device& device, const AttentionCase& c) {
  return device.kind() == DeviceKind::cpu && !c.position_bias;
}
// Whether logits matter: a query that sees one key, or keys that are all alike, gives the same for any codes.
bool has_a_choice(const AttentionCase& c) {
  return c.keys > 1 && c.mask != Mask::all_but_one && c.mask != Mask::lowest;
}

// Codes of queries and keys are off by up to 1 / 254 of their row's extent, logits by a share of sharpness.
// Keys with a common offset would lose all their bits to it, were their mean not taken off.
TEST_P(Attention, in_codes_it_is_nearly_its_definition) {
  const auto& [variant, c] = GetParam();
  for (const float key_offset : {0.0f, 30.0f}) {
    if (key_offset != 0 && c.mask != AttentionCase::Mask::none) continue;
    const AttentionResult floats = run(*variant.device, c, false, key_offset);
    const AttentionResult codes = run(*variant.device, c, true, key_offset);
    if (!has_codes(*variant.device, c)) {
      EXPECT_EQ(codes.got, floats.got) << variant.name << " " << c.name;
      continue;
    }
    EXPECT_LT(relative_l2(codes), 0.02 + 0.02 * c.sharpness)
        << variant.name << " " << c.name << ", keys " << key_offset << " off";
    const bool differ = codes.got != floats.got;
    EXPECT_TRUE(differ || !has_a_choice(c)) << variant.name << " " << c.name << " was computed in floats";
  }
}

INSTANTIATE_TEST_SUITE_P(On, Attention, on_every_device(kCases), name_of_device_case<AttentionCase>);

}  // namespace
}  // namespace diorama::test
