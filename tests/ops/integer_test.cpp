// Products of 8-bit codes and what makes the codes. Sums are exact, so every device gives the same bytes.
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "formats/hadamard.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"
#include "ops/harness.h"
#include "ops/ops.h"

namespace diorama::test {
namespace {

// What a device made of rows of floats.
struct Codes {
  std::vector<int8_t> codes;  // [rows, width]
  std::vector<float> scales;
  std::vector<int32_t> sums;
};

Codes codes_of(Device& device, const Tensor& tensor) {
  device.finish();
  std::vector<std::byte> bytes(tensor.byte_extent());
  device.download(tensor, bytes.data());
  const int64_t width = tensor.dim(-1);
  const int64_t padded = padded_codes(width);
  Codes result;
  for (int64_t row = 0; row < tensor.num_rows(); ++row) {
    const std::byte* from = bytes.data() + row * tensor.row_stride();
    for (int64_t i = 0; i < width; ++i) result.codes.push_back(static_cast<int8_t>(from[i]));
    for (int64_t i = width; i < padded; ++i) EXPECT_EQ(from[i], std::byte{0}) << "padding of row " << row;
    std::memcpy(&result.scales.emplace_back(), from + padded, 4);
    std::memcpy(&result.sums.emplace_back(), from + padded + 4, 4);
  }
  return result;
}

enum class Fill { random, all_largest, alternating };

// Levels and codes over their full range; scales of one, so that a product shows its int32 sums.
struct SumCase {
  std::string name;
  int64_t rows, n, k;
  Fill fill = Fill::random;
};

const std::vector<SumCase> kSumCases = {
    {"one_row_one_column", 1, 1, 7},
    {"one_row", 1, 96, 128},
    {"one_column", 50, 1, 60},
    {"odd", 7, 37, 100},
    {"group_128", 13, 70, 256},
    {"many_rows", 97, 33, 64},
    {"long_k", 5, 66, 4608},
    {"largest", 6, 64, 4608, Fill::all_largest},
    {"alternating", 6, 20, 1152, Fill::alternating},
};

class IntegerSums : public testing::TestWithParam<DeviceCase<SumCase>> {};

TEST_P(IntegerSums, are_exact) {
  const auto& [variant, c] = GetParam();
  Device& device = *variant.device;
  std::mt19937 random(3);
  const auto draw = [&](int most, int64_t i) {
    if (c.fill == Fill::all_largest) return most;
    if (c.fill == Fill::alternating) return i % 2 == 0 ? most : -most;
    return static_cast<int>(random() % static_cast<uint32_t>(2 * most + 1)) - most;
  };

  Floats x(static_cast<size_t>(c.rows * c.k));
  for (int64_t i = 0; i < c.rows * c.k; ++i) x[static_cast<size_t>(i)] = static_cast<float>(draw(127, i));
  for (int64_t row = 0; row < c.rows; ++row)
    x[static_cast<size_t>(row * c.k)] = 127;  // so that the scale is 1

  for (const Format* format : {&w8a8::kFormat, &w4a8::kFormat}) {
    const size_t row_bytes = format->row_bytes(c.k);
    std::vector<std::byte> encoded(row_bytes * static_cast<size_t>(c.n));
    std::vector<int8_t> levels(static_cast<size_t>(c.n * c.k));
    const w4a8::Layout layout(c.k);
    for (int64_t n = 0; n < c.n; ++n) {
      std::byte* row = encoded.data() + static_cast<size_t>(n) * row_bytes;
      if (format == &w8a8::kFormat) {
        for (int64_t i = 0; i < c.k; ++i) row[i] = static_cast<std::byte>(draw(127, i));
        const float one = 1;
        std::memcpy(row + c.k, &one, sizeof one);
      } else {
        std::vector<int8_t> q(static_cast<size_t>(layout.num_groups * layout.group), 0);
        std::vector<float> scales(static_cast<size_t>(layout.num_groups));
        for (int64_t i = 0; i < c.k; ++i) q[static_cast<size_t>(i)] = static_cast<int8_t>(draw(7, i));
        for (float& scale : scales)
          scale = c.fill == Fill::random ? static_cast<float>(random() % 1161) / 64 : 18.140625f;
        w4a8::write_row(q.data(), scales.data(), 1, layout, row);
      }
      ASSERT_EQ(format->decode_levels(row, c.k, levels.data() + n * c.k), 1);
    }
    Weight weight{
        .name = "sums", .format = format, .n = c.n, .k = c.k, .input = device.product_input(*format)};
    device.pack(weight, {.values = nullptr, .encoded = [&](int64_t first, int64_t count, std::byte* out) {
                           std::memcpy(out, encoded.data() + static_cast<size_t>(first) * row_bytes,
                                       static_cast<size_t>(count) * row_bytes);
                         }});
    Stream stream(device, Stream::Mode::run);
    const Output y(device, {c.rows, c.n});
    ops::linear(stream,
                {.x = input_for(stream, weight, {c.rows, c.k}, x), .weight = &weight, .y = y.tensor()});

    const Floats got = y.values();
    for (int64_t row = 0; row < c.rows; ++row)
      for (int64_t n = 0; n < c.n; ++n) {
        int32_t sum = 0;
        for (int64_t i = 0; i < c.k; ++i)
          sum += static_cast<int>(x[static_cast<size_t>(row * c.k + i)]) *
                 levels[static_cast<size_t>(n * c.k + i)];
        ASSERT_EQ(got[static_cast<size_t>(row * c.n + n)], static_cast<float>(sum))
            << variant.name << " " << format->name << " row " << row << " column " << n;
      }
  }
}

INSTANTIATE_TEST_SUITE_P(On, IntegerSums, on_every_device(kSumCases), name_of_device_case<SumCase>);

class Quantise : public testing::TestWithParam<TestDevice> {};

TEST_P(Quantise, equals_its_definition) {
  Device& device = *GetParam().device;
  int64_t elements = 0;
  int64_t apart = 0;
  for (const int64_t width : {7, 36, 60, 64, 320, 1152, 4608})
    for (const bool multiplied : {false, true})
      for (const int rotation : {1, rotation_order(width)}) {
        constexpr int64_t kRows = 5;
        const Floats x = random_values(kRows * width, 3, 2);
        const Floats multiplier = random_values(width, 4);
        Stream stream(device, Stream::Mode::run);
        Conditioning conditioning{.multiplier = {}, .rotation = rotation};
        if (multiplied) conditioning.multiplier = input(device, {width}, multiplier);
        const Tensor y = stream.make({kRows, width}, DType::q8);
        ops::unary(stream, {.x = input(device, {kRows, width}, x), .y = y, .conditioning = conditioning});
        const Codes got = codes_of(device, y);
        for (int64_t row = 0; row < kRows; ++row) {
          Floats values(x.begin() + row * width, x.begin() + (row + 1) * width);
          for (int64_t i = 0; i < width && multiplied; ++i)
            values[static_cast<size_t>(i)] *= multiplier[static_cast<size_t>(i)];
          rotate(values.data(), width, rotation);
          double largest = 0;
          for (const float value : values) largest = std::max(largest, std::abs(static_cast<double>(value)));
          EXPECT_NEAR(got.scales[static_cast<size_t>(row)] / (largest / 127), 1, 1e-5);
          int32_t sum = 0;
          for (int64_t i = 0; i < width; ++i) {
            const int code = got.codes[static_cast<size_t>(row * width + i)];
            const double wanted = static_cast<double>(values[static_cast<size_t>(i)]) / (largest / 127);
            sum += code;
            ++elements;
            apart += code != static_cast<int>(std::nearbyint(wanted));
            EXPECT_LE(std::abs(code - wanted), 0.501) << GetParam().name << " width " << width;
          }
          EXPECT_EQ(got.sums[static_cast<size_t>(row)], sum);
        }
      }
  EXPECT_LE(static_cast<double>(apart), 1e-4 * static_cast<double>(elements)) << GetParam().name;
}

TEST_P(Quantise, codes_become_their_values) {
  Device& device = *GetParam().device;
  for (const int64_t width : {7, 64, 100, 320, 4608}) {
    Stream stream(device, Stream::Mode::run);
    const Shape shape{2, 3, width};
    const Tensor codes = stream.make(shape, DType::q8);
    ops::unary(stream,
               {.x = input(device, shape, random_values(6 * width, 3, 2)), .y = codes, .conditioning = {}});
    const Output y(device, shape);
    ops::unary(stream, {.x = codes, .y = y.tensor()});
    const Codes made = codes_of(device, codes);
    const Floats got = y.values();
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], made.scales[i / static_cast<size_t>(width)] * static_cast<float>(made.codes[i]))
          << GetParam().name << " width " << width << " element " << i;
  }
}

TEST_P(Quantise, zeros_are_zeros_and_what_is_no_number_stays_none) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  Floats x(4 * 70, 0.0f);
  x[70] = std::numeric_limits<float>::quiet_NaN();
  x[140 + 69] = std::numeric_limits<float>::infinity();
  x[210] = 1e-30f;
  const Tensor y = stream.make({4, 70}, DType::q8);
  ops::unary(stream, {.x = input(device, {4, 70}, x), .y = y});
  const Codes got = codes_of(device, y);
  EXPECT_EQ(got.scales[0], 0.0f);
  EXPECT_EQ(got.codes[0], 0);
  EXPECT_TRUE(std::isnan(got.scales[1])) << got.scales[1];
  EXPECT_FALSE(std::isfinite(got.scales[2])) << got.scales[2];
}

// The oracle of every op that writes codes: the op in fp32, then its rows quantised.
TEST_P(Quantise, fused_equals_the_op_then_quantise_bit_for_bit) {
  Device& device = *GetParam().device;
  constexpr int64_t kLanes = 2, kTokens = 9, kWidth = 80;
  const Shape shape{kLanes, kTokens, kWidth};
  const Tensor x = input(device, shape, random_values(shape.num_elements(), 5));
  const Tensor b = input(device, shape, random_values(shape.num_elements(), 6));
  const Tensor shift = input(device, {kLanes, kWidth}, random_values(kLanes * kWidth, 7));
  const Conditioning conditioning{.multiplier = input(device, {kWidth}, random_values(kWidth, 8)),
                                  .rotation = 16};
  const TestWeight plain = make_weight(device, format_f32(), kWidth, kWidth, 9);
  const TestWeight four_bits = make_weight(device, w4a8::kFormat, kWidth, kWidth, 9);
  Stream stream(device, Stream::Mode::run);
  const Tensor codes = input_for(stream, four_bits.weight, shape, random_values(shape.num_elements(), 5));

  const std::vector<std::pair<const char*, std::function<void(const Tensor& y, const Conditioning& how)>>>
      ops = {{"unary",
              [&](const Tensor& y, const Conditioning& how) {
                ops::unary(stream, {.activation = Activation::silu, .x = x, .y = y, .conditioning = how});
              }},
             {"binary",
              [&](const Tensor& y, const Conditioning& how) {
                ops::binary(
                    stream,
                    {.kind = BinaryKind::gelu_tanh_multiply, .a = x, .b = b, .y = y, .conditioning = how});
              }},
             {"norm",
              [&](const Tensor& y, const Conditioning& how) {
                ops::norm(
                    stream,
                    {.x = x, .shift = shift, .scale = shift, .eps = 1e-6f, .y = y, .conditioning = how});
              }},
             {"attention",
              [&](const Tensor& y, const Conditioning& how) {
                ops::attention(
                    stream,
                    {.q = x, .k = b, .v = x, .num_heads = 2, .scale = 0.2f, .y = y, .conditioning = how});
              }},
             {"linear",
              [&](const Tensor& y, const Conditioning& how) {
                ops::linear(stream, {.x = x,
                                     .weight = &plain.weight,
                                     .activation = Activation::gelu_tanh,
                                     .y = y,
                                     .conditioning = how});
              }},
             {"integer linear", [&](const Tensor& y, const Conditioning& how) {
                ops::linear(stream, {.x = codes,
                                     .weight = &four_bits.weight,
                                     .activation = Activation::gelu_tanh,
                                     .y = y,
                                     .conditioning = how});
              }}};
  for (const auto& [name, op] : ops) {
    const Tensor in_floats = stream.make(shape, DType::f32);
    op(in_floats, {});
    const Tensor composed = stream.make(shape, DType::q8);
    ops::unary(stream, {.x = in_floats, .y = composed, .conditioning = conditioning});
    const Tensor fused = stream.make(shape, DType::q8);
    op(fused, conditioning);
    const Codes expected = codes_of(device, composed);
    const Codes got = codes_of(device, fused);
    EXPECT_EQ(got.codes, expected.codes) << GetParam().name << " " << name;
    EXPECT_EQ(got.scales, expected.scales) << GetParam().name << " " << name;
    EXPECT_EQ(got.sums, expected.sums) << GetParam().name << " " << name;
  }
}

// x W^T does not change when both are rotated: what is left is what 8 and 4 bits lose.
TEST_P(Quantise, a_rotated_weight_undoes_the_rotation) {
  Device& device = *GetParam().device;
  constexpr int64_t kRows = 6, kN = 24, kK = 256;
  const Floats x = random_values(kRows * kK, 10);
  const Floats w = random_values(kN * kK, 11);
  for (const Format* format : {&w8a8::kFormat, &w4a8::kFormat}) {
    Weight weight{.name = "rotated", .format = format, .n = kN, .k = kK};
    weight.input = {device.product_input(*format), Conditioning{.multiplier = {}, .rotation = 256}};
    const ReadRows read = [&](int64_t first, int64_t count, float* out) {
      std::copy_n(w.begin() + first * kK, count * kK, out);
    };
    device.pack(weight, {.values = read, .encoded = nullptr});
    Stream stream(device, Stream::Mode::run);
    const Output y(device, {kRows, kN});
    ops::linear(stream, {.x = input_for(stream, weight, {kRows, kK}, x), .weight = &weight, .y = y.tensor()});
    const Floats got = y.values();
    double difference = 0;
    double norm = 0;
    for (int64_t row = 0; row < kRows; ++row)
      for (int64_t n = 0; n < kN; ++n) {
        double sum = 0;
        for (int64_t i = 0; i < kK; ++i)
          sum += static_cast<double>(x[static_cast<size_t>(row * kK + i)]) *
                 static_cast<double>(w[static_cast<size_t>(n * kK + i)]);
        difference += std::pow(got[static_cast<size_t>(row * kN + n)] - sum, 2);
        norm += sum * sum;
      }
    EXPECT_LT(std::sqrt(difference / norm), format == &w8a8::kFormat ? 0.015 : 0.13) << format->name;
  }
}

TEST_P(Quantise, a_code_that_no_weight_can_have_is_refused) {
  Device& device = *GetParam().device;
  Weight weight{.name = "broken",
                .format = &w4a8::kFormat,
                .n = 1,
                .k = 64,
                .input = device.product_input(w4a8::kFormat)};
  std::vector<std::byte> row(w4a8::kFormat.row_bytes(64), std::byte{0x88});
  std::fill(row.begin() + 32, row.end(), std::byte{0});
  const ReadEncodedRows read = [&](int64_t, int64_t, std::byte* out) {
    std::memcpy(out, row.data(), row.size());
  };
  EXPECT_NO_THROW(device.pack(weight, {.values = nullptr, .encoded = read}));
  row[5] = std::byte{0x80};  // q = -8
  EXPECT_THROW(device.pack(weight, {.values = nullptr, .encoded = read}), Error);
}

TEST_P(Quantise, a_scale_that_no_weight_can_have_is_refused) {
  Device& device = *GetParam().device;
  for (const float scale : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (const Format* format : {&w8a8::kFormat, &w4a8::kFormat}) {
      Weight weight{
          .name = "broken", .format = format, .n = 1, .k = 64, .input = device.product_input(*format)};
      std::vector<std::byte> row(format->row_bytes(64), std::byte{0x11});
      std::memcpy(row.data() + row.size() - sizeof scale, &scale, sizeof scale);
      const ReadEncodedRows read = [&](int64_t, int64_t, std::byte* out) {
        std::memcpy(out, row.data(), row.size());
      };
      EXPECT_THROW(device.pack(weight, {.values = nullptr, .encoded = read}), Error);
    }
}

INSTANTIATE_TEST_SUITE_P(On, Quantise, testing::ValuesIn(test_devices()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace diorama::test
