#include "ops/harness.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <random>

#include "base/half.h"
#include "ops/ops.h"

namespace diorama::test {
namespace {

constexpr size_t kWall = 1024;  // bytes, a multiple of every storage buffer alignment
constexpr auto kSentinel = std::byte{0xa5};

std::vector<std::byte> encoded(const Floats& values, DType type) {
  std::vector<std::byte> bytes(values.size() * byte_size(type));
  const Format& format = type == DType::f32   ? format_f32()
                         : type == DType::f16 ? format_f16()
                                              : format_bf16();
  format.encode_row(values.data(), static_cast<int64_t>(values.size()), bytes.data());
  return bytes;
}

Floats decoded(const std::vector<std::byte>& bytes, DType type) {
  Floats values(bytes.size() / byte_size(type));
  const Format& format = type == DType::f32   ? format_f32()
                         : type == DType::f16 ? format_f16()
                                              : format_bf16();
  format.decode_row(bytes.data(), static_cast<int64_t>(values.size()), values.data());
  return values;
}

Tensor new_tensor(Device& device, const Shape& shape, DType type) {
  return {Allocation{device.allocate(static_cast<size_t>(shape.num_elements()) * byte_size(type)), 0, {}},
          shape, type};
}

}  // namespace

Floats random_values(int64_t count, uint32_t seed, float scale) {
  std::mt19937 engine(seed);
  const auto uniform = [&] { return (static_cast<double>(engine()) + 0.5) / 4294967296.0; };
  Floats values(static_cast<size_t>(count));
  for (float& value : values) {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    value = static_cast<float>(radius * std::cos(2 * std::numbers::pi * uniform())) * scale;
  }
  return values;
}

Floats rounded(Floats values, DType type) {
  return decoded(encoded(values, type), type);
}

Tensor input(Device& device, const Shape& shape, const Floats& values, DType type) {
  Tensor tensor = new_tensor(device, shape, type);
  device.upload(tensor, encoded(values, type).data());
  return tensor;
}

Tensor strided_input(Device& device, const Shape& shape, const Floats& values, int64_t row_width,
                     int64_t first_column, DType type) {
  Shape wide = shape;
  wide[-1] = row_width;
  Floats all(static_cast<size_t>(wide.num_elements()), std::numeric_limits<float>::quiet_NaN());
  for (int64_t row = 0; row < shape.num_rows(); ++row)
    std::copy_n(values.begin() + row * shape.last(), shape.last(),
                all.begin() + row * row_width + first_column);
  return input(device, wide, all, type).columns(first_column, shape.last());
}

Tensor input(Device& device, const Shape& shape, const std::vector<int32_t>& values) {
  Tensor tensor = new_tensor(device, shape, DType::i32);
  device.upload(tensor, values.data());
  tensor.remember_range(values);
  return tensor;
}

Tensor input_for(Stream& stream, const Weight& weight, const Shape& shape, const Floats& values) {
  if (weight.input.type != DType::q8) return input(stream.device(), shape, values, weight.input.type);
  Tensor codes = stream.make(shape, DType::q8);
  ops::unary(
      stream,
      {.x = input(stream.device(), shape, values), .y = codes, .conditioning = weight.input.conditioning});
  return codes;
}

TestWeight make_weight(Device& device, const Format& format, int64_t n, int64_t k, uint32_t seed, bool bias,
                       int kernel) {
  TestWeight made;
  const Floats values = random_values(n * k, seed, 1 / std::sqrt(static_cast<float>(k)));
  made.weight.name = "test";
  made.weight.format = &format;
  made.weight.n = n;
  made.weight.k = k;
  made.weight.kernel_h = made.weight.kernel_w = kernel;
  made.weight.input = device.product_input(format);
  if (bias) made.weight.bias = input(device, {n}, random_values(n, seed + 1));
  const ReadRows read = [&](int64_t first, int64_t rows, float* out) {
    std::copy_n(values.begin() + first * k, rows * k, out);
  };
  device.pack(made.weight, {.values = read, .encoded = nullptr});
  made.values.resize(values.size());
  std::vector<std::byte> row(format.row_bytes(k));
  for (int64_t i = 0; i < n; ++i) {
    format.encode_row(values.data() + i * k, k, row.data());
    format.decode_row(row.data(), k, made.values.data() + i * k);
  }
  return made;
}

Floats bias_of(Device& device, const TestWeight& weight) {
  Floats bias(static_cast<size_t>(weight.weight.n));
  if (weight.weight.bias) device.download(weight.weight.bias, bias.data());
  return bias;
}

Output::Output(Device& device, const Shape& shape, DType type)
    : device_(&device), size_(static_cast<size_t>(shape.num_elements()) * byte_size(type)) {
  const size_t whole = kWall + (size_ + kWall - 1) / kWall * kWall + kWall;
  buffer_ = device.allocate(whole);
  const std::vector<std::byte> sentinels(whole, kSentinel);
  device.upload(Tensor(Allocation{buffer_, 0, {}}, {static_cast<int64_t>(whole)}, DType::u8),
                sentinels.data());
  tensor_ = Tensor(Allocation{buffer_, kWall, {}}, shape, type);
}

std::vector<std::byte> Output::bytes() const {
  std::vector<std::byte> all(buffer_ == nullptr ? 0 : kWall + (size_ + kWall - 1) / kWall * kWall + kWall);
  device_->download(Tensor(Allocation{buffer_, 0, {}}, {static_cast<int64_t>(all.size())}, DType::u8),
                    all.data());
  for (size_t i = 0; i < all.size(); ++i)
    if ((i < kWall || i >= kWall + size_) && all[i] != kSentinel) {
      ADD_FAILURE() << "a byte was written " << static_cast<ptrdiff_t>(i - kWall)
                    << " bytes from the output of " << size_;
      break;
    }
  return {all.begin() + kWall, all.begin() + static_cast<ptrdiff_t>(kWall + size_)};
}

Floats Output::values() const {
  return decoded(bytes(), tensor_.dtype());
}

Tolerance tolerance(DType type) {
  switch (type) {
    case DType::f16:
      return {1e-6, 1e-2};
    case DType::bf16:
      return {2e-5, 5e-2};
    default:
      return {1e-11, 2e-5};
  }
}

void expect_close(const std::string& variant, const Shape& shape, DType type, const Floats& got,
                  const Doubles& expected) {
  ASSERT_EQ(got.size(), expected.size()) << variant;
  double square = 0, error = 0, worst = -1;
  size_t at = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double difference = std::abs(static_cast<double>(got[i]) - expected[i]);
    square += expected[i] * expected[i];
    error += difference * difference;
    if (!(difference <= worst)) {
      worst = difference;
      at = i;
      if (std::isnan(difference)) break;
    }
  }
  const double nmse = error / std::max(square, 1e-30);
  const double largest = worst / std::sqrt(std::max(square / static_cast<double>(got.size()), 1e-30));
  const Tolerance allowed = tolerance(type);
  EXPECT_TRUE(nmse <= allowed.nmse && largest <= allowed.largest)
      << variant << " " << shape.to_string() << " " << name_of(type) << ": NMSE " << nmse << " (allowed "
      << allowed.nmse << "), worst at " << at << ": expected " << expected[at] << ", got " << got[at] << " ("
      << largest << " rms, allowed " << allowed.largest << ")";
}

}  // namespace diorama::test
