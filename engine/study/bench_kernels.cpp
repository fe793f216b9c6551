#include "study/bench_kernels.h"

#include <array>
#include <cmath>
#include <cstring>

#include "cpu/onednn_product.h"
#include "ops/ops.h"
#include "study/random_source.h"
#include "tensor/distance.h"

namespace diorama {
namespace {

// ||difference|| / ||reference||
double relative_error(double squared_difference, double squared_norm) {
  return std::sqrt(squared_difference / std::max(squared_norm, 1e-300));
}

Tensor upload_as(Stream& stream, const HostTensor& host, const InputForm& form) {
  Tensor plain = stream.upload(host.shape, host.values);
  if (form.type == DType::f32) return plain;
  Tensor converted = stream.make(host.shape, form.type);
  ops::unary(stream, {.x = plain, .y = converted, .conditioning = form.conditioning});
  return converted;
}

HostTensor decoded(Stream& stream, const Tensor& codes) {
  HostTensor values(codes.shape());
  std::vector<std::byte> bytes(codes.byte_extent());
  stream.device().download(codes, bytes.data());
  const int64_t width = codes.dim(-1);
  for (int64_t row = 0; row < codes.num_rows(); ++row) {
    const std::byte* from = bytes.data() + row * codes.row_stride();
    float scale = 0;
    std::memcpy(&scale, from + padded_codes(width), sizeof scale);
    for (int64_t i = 0; i < width; ++i)
      values.values[static_cast<size_t>(row * width + i)] =
          scale * static_cast<float>(static_cast<int8_t>(from[i]));
  }
  return values;
}

// What the conversion to `type` left of the numbers, so that only the kernel's own error is seen.
HostTensor rounded(Stream& stream, const Tensor& tensor) {
  if (tensor.dtype() == DType::f32) return stream.download(tensor);
  if (tensor.dtype() == DType::q8) return decoded(stream, tensor);
  Tensor plain = stream.make(tensor.shape(), DType::f32);
  ops::unary(stream, {.x = tensor, .y = plain});
  return stream.download(plain);
}

Weight random_weight(Device& device, int64_t n, int64_t k, const Format& format) {
  Weight weight{.name = "bench", .format = &format, .n = n, .k = k, .input = device.product_input(format)};
  const nn::TensorSpec spec{"bench.weight", {n, k}};
  const ReadRows values = [&](int64_t first, int64_t count, float* out) {
    RandomSource().read_rows(spec, first, count, out);
  };
  device.pack(weight, {.values = values, .encoded = nullptr});
  return weight;
}

// Sampled elements against dot products in double precision.
double linear_error(const HostTensor& x, const HostTensor& y, const Weight& weight) {
  const nn::TensorSpec spec{"bench.weight", {weight.n, weight.k}};
  std::vector<float> row(static_cast<size_t>(weight.k));
  std::vector<std::byte> stored(weight.format->row_bytes(weight.k));
  double difference = 0;
  double norm = 0;
  for (int64_t sample = 0; sample < 32; ++sample) {
    const int64_t n = sample * 7919 % weight.n;
    RandomSource().read_rows(spec, n, 1, row.data());
    weight.format->encode_row(row.data(), weight.k, stored.data());
    weight.format->decode_row(stored.data(), weight.k, row.data());
    for (int64_t m = sample % 3; m < x.shape[0]; m += 17) {
      double sum = 0;
      for (int64_t i = 0; i < weight.k; ++i)
        sum += static_cast<double>(x.values[static_cast<size_t>(m * weight.k + i)]) *
               static_cast<double>(row[static_cast<size_t>(i)]);
      const double d = static_cast<double>(y.values[static_cast<size_t>(m * weight.n + n)]) - sum;
      difference += d * d;
      norm += sum * sum;
    }
  }
  return relative_error(difference, norm);
}

// Some queries of the first head in double precision.
double attention_error(const HostTensor& q, const HostTensor& k, const HostTensor& v, const HostTensor& y,
                       int head_dim, double scale) {
  const auto tokens = static_cast<size_t>(q.shape[1]);
  const auto width = static_cast<size_t>(q.shape[2]);
  const auto dims = static_cast<size_t>(head_dim);
  double difference = 0;
  double norm = 0;
  for (size_t query = 0; query < tokens; query += 37) {
    std::vector<double> weights(tokens);
    double total = 0;
    for (size_t key = 0; key < tokens; ++key) {
      double dot = 0;
      for (size_t i = 0; i < dims; ++i)
        dot +=
            static_cast<double>(q.values[query * width + i]) * static_cast<double>(k.values[key * width + i]);
      total += weights[key] = std::exp(dot * scale);
    }
    for (size_t i = 0; i < dims; ++i) {
      double expected = 0;
      for (size_t key = 0; key < tokens; ++key)
        expected += weights[key] / total * static_cast<double>(v.values[key * width + i]);
      const double d = static_cast<double>(y.values[query * width + i]) - expected;
      difference += d * d;
      norm += expected * expected;
    }
  }
  return relative_error(difference, norm);
}

// oneDNN on the same fp32 numbers, after it gave the same result.
void bench_onednn(Device& device, BenchClock& clock, const HostTensor& x, const HostTensor& y, int64_t n,
                  const std::string& shape, const BenchReport& report) {
  const int64_t m = x.shape[0];
  const int64_t k = x.shape[1];
  std::vector<float> weight(static_cast<size_t>(n * k));
  RandomSource().read_rows({"bench.weight", {n, k}}, 0, n, weight.data());
  cpu::OneDnnProduct product(static_cast<cpu::Device&>(device), m, k, n, weight.data());
  std::vector<float> result(y.values.size());
  const auto run = [&] { product.multiply(x.values.data(), result.data()); };
  run();
  const Timing timing = clock.time(static_cast<uint64_t>(m * k * n), format_f32(), run);
  report(
      {.group = "onednn", .name = "f32 " + shape, .timing = timing, .error = relative_l2(result, y.values)});
}

}  // namespace

void bench_linear(Device& device, BenchClock& clock, const Format& precision, const BenchReport& report) {
  for (const auto& [m, k, n] : {std::array<int64_t, 3>{512, 1152, 3456},
                                {512, 1152, 1152},
                                {512, 1152, 4608},
                                {512, 4608, 1152},
                                {128, 320, 960},
                                {128, 1280, 320}}) {
    Stream stream(device, Stream::Mode::run);
    const Weight weight = random_weight(device, n, k, precision);
    const HostTensor values = random_tensor({m, k}, 1, 1);
    const Tensor x = upload_as(stream, values, weight.input);
    Tensor y = stream.make({m, n}, DType::f32);
    const auto run = [&] { ops::linear(stream, {.x = x, .weight = &weight, .y = y}); };
    run();
    const HostTensor result = stream.download(y);
    const std::string shape = fmt::format("{} x {} x {}", m, k, n);
    const double error = linear_error(rounded(stream, x), result, weight);
    const Timing timing = clock.time(static_cast<uint64_t>(m * n * k), precision, run);
    report({.group = "linear",
            .name = fmt::format("{} {}", precision.name, shape),
            .timing = timing,
            .error = error});
    if (device.kind() == DeviceKind::cpu && &precision == &format_f32())
      bench_onednn(device, clock, values, result, n, shape, report);
  }
}

void bench_attention(Device& device, BenchClock& clock, const Format& precision, const BenchReport& report) {
  constexpr int kHeads = 16;
  for (const auto& [tokens, head_dim] :
       {std::pair<int64_t, int>{256, 64}, {256, 72}, {1024, 64}, {1024, 72}}) {
    Stream stream(device, Stream::Mode::run);
    const Shape shape{1, tokens, kHeads * head_dim};
    const DType type = precision.integer() ? DType::f32 : device.product_input(precision);
    AttentionArgs args{.q = upload_as(stream, random_tensor(shape, 1, 1), type),
                       .k = upload_as(stream, random_tensor(shape, 2, 1), type),
                       .v = upload_as(stream, random_tensor(shape, 3, 1), type),
                       .num_heads = kHeads,
                       .scale = 1.0f / std::sqrt(static_cast<float>(head_dim)),
                       .codes = precision.integer(),
                       .y = stream.make(shape, DType::f32)};
    const auto run = [&] { ops::attention(stream, args); };
    run();
    const double error =
        attention_error(rounded(stream, args.q), rounded(stream, args.k), rounded(stream, args.v),
                        stream.download(args.y), head_dim, static_cast<double>(args.scale));
    const Timing timing =
        clock.time(static_cast<uint64_t>(2 * tokens * tokens * kHeads * head_dim), precision, run);
    report({.group = "attention",
            .name = fmt::format("{} tokens, head dim {}", tokens, head_dim),
            .timing = timing,
            .error = error});
  }
}

}  // namespace diorama
