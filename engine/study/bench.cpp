#include "study/bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cpu/peak.h"
#include "models/registry.h"
#include "ops/ops.h"
#include "pipeline/component.h"
#include "study/published_configs.h"
#include "study/random_source.h"
#include "vulkan/peak.h"

namespace diorama {
namespace {

using Clock = std::chrono::steady_clock;
using Report = std::function<void(const BenchRow&)>;

// Median milliseconds of finished runs, after one that is not counted.
double time_ms(Device& device, int repeats, const std::function<void()>& body) {
  std::vector<double> times;
  for (int i = 0; i <= repeats; ++i) {
    const auto start = Clock::now();
    body();
    device.finish();
    if (i > 0) times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

double relative_error(double squared_difference, double squared_norm) {
  return std::sqrt(squared_difference / std::max(squared_norm, 1e-300));
}

// The device's peak for products of a format: fp32, or bf16 where it multiplies bf16 pairs.
struct DevicePeaks {
  double fp32 = 0;
  double bf16 = 0;

  double of(const Device& device, const Format& format) const {
    return device.product_input(format) == DType::bf16 ? bf16 : fp32;
  }
};

DevicePeaks report_peaks(Device& device, const Report& report) {
  if (device.kind() == DeviceKind::vulkan) {
    const double fma = vulkan::measure_fma_peak(static_cast<vulkan::Device&>(device));
    report({.group = "peak", .name = "fp32 fma", .rate = fma});
    return {.fp32 = fma};
  }
  const cpu::Peaks peaks = cpu::measure_peaks(static_cast<cpu::Device&>(device));
  report({.group = "peak", .name = "fp32 fma", .rate = peaks.fp32});
  report({.group = "peak", .name = "bf16 dot", .rate = peaks.bf16});
  report({.group = "peak", .name = "int8 dot (GOP/s)", .rate = peaks.int8});
  report({.group = "peak", .name = "copy (GB/s)", .rate = peaks.copy});
  return {.fp32 = peaks.fp32, .bf16 = peaks.bf16};
}

Tensor upload_as(Stream& stream, const HostTensor& host, DType type) {
  const Tensor plain = stream.upload(host.shape, host.values);
  if (type == DType::f32) return plain;
  Tensor converted = stream.make(host.shape, type);
  ops::unary(stream, {.x = plain, .y = converted});
  return converted;
}

// What the conversion to `type` left of the numbers, so that only the kernel's own error is seen.
HostTensor rounded(Stream& stream, const Tensor& tensor) {
  if (tensor.dtype() == DType::f32) return stream.download(tensor);
  Tensor plain = stream.make(tensor.shape(), DType::f32);
  ops::unary(stream, {.x = tensor, .y = plain});
  return stream.download(plain);
}

Weight random_weight(Device& device, int64_t n, int64_t k, const Format& format) {
  Weight weight{.name = "bench", .format = &format, .n = n, .k = k, .input = device.product_input(format)};
  const nn::TensorSpec spec{"bench.weight", {n, k}};
  device.pack(weight, [&](int64_t first, int64_t count, float* out) {
    RandomSource().read_rows(spec, first, count, out);
  });
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

void bench_linear(Device& device, const BenchOptions& options, const DevicePeaks& peaks,
                  const Report& report) {
  for (const auto& [m, k, n] : {std::array<int64_t, 3>{512, 1152, 3456},
                                {512, 1152, 1152},
                                {512, 1152, 4608},
                                {512, 4608, 1152},
                                {128, 320, 960},
                                {128, 1280, 320}}) {
    Stream stream(device, Stream::Mode::run);
    const Weight weight = random_weight(device, n, k, *options.precision);
    const Tensor x = upload_as(stream, random_tensor({m, k}, 1, 1), weight.input);
    Tensor y = stream.make({m, n}, DType::f32);
    const auto run = [&] { ops::linear(stream, {.x = x, .weight = &weight, .y = y}); };
    run();
    const double error = linear_error(rounded(stream, x), stream.download(y), weight);
    const double ms = time_ms(device, options.repeats, run);
    const double rate = 2e-6 * static_cast<double>(m * n * k) / ms;
    report({.group = "linear",
            .name = fmt::format("{} {} x {} x {}", options.precision->name, m, k, n),
            .milliseconds = ms,
            .rate = rate,
            .share = rate / peaks.of(device, *options.precision),
            .error = error});
  }
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

void bench_attention(Device& device, const BenchOptions& options, const DevicePeaks& peaks,
                     const Report& report) {
  constexpr int kHeads = 16;
  for (const auto& [tokens, head_dim] :
       {std::pair<int64_t, int>{256, 64}, {256, 72}, {1024, 64}, {1024, 72}}) {
    Stream stream(device, Stream::Mode::run);
    const Shape shape{1, tokens, kHeads * head_dim};
    const DType type = device.product_input(*options.precision);
    AttentionArgs args{.q = upload_as(stream, random_tensor(shape, 1, 1), type),
                       .k = upload_as(stream, random_tensor(shape, 2, 1), type),
                       .v = upload_as(stream, random_tensor(shape, 3, 1), type),
                       .num_heads = kHeads,
                       .scale = 1.0f / std::sqrt(static_cast<float>(head_dim)),
                       .y = stream.make(shape, DType::f32)};
    const auto run = [&] { ops::attention(stream, args); };
    run();
    const double error =
        attention_error(rounded(stream, args.q), rounded(stream, args.k), rounded(stream, args.v),
                        stream.download(args.y), head_dim, static_cast<double>(args.scale));
    const double ms = time_ms(device, options.repeats, run);
    const double rate = 4e-6 * static_cast<double>(tokens * tokens * kHeads * head_dim) / ms;
    report({.group = "attention",
            .name = fmt::format("{} tokens, head dim {}", tokens, head_dim),
            .milliseconds = ms,
            .rate = rate,
            .share = rate / peaks.of(device, *options.precision),
            .error = error});
  }
}

// A guidance pair at the configuration's own size.
struct Forward {
  std::unique_ptr<models::Transformer> network;
  nn::Weights weights;
  models::ConditionInputs inputs;
  HostTensor latent;

  Forward(Device& device, const Config& config, const Format& precision)
      : network(models::make_transformer(config)),
        weights(nn::Weights::load(network->tensors(), RandomSource(), device, precision)) {
    const auto geometry = network->geometry();
    latent = random_tensor({2, geometry.in_channels, geometry.sample_size, geometry.sample_size}, 4, 1.7f);
    if (geometry.num_classes > 0) {
      inputs.classes = {1, geometry.num_classes};
    } else {
      inputs.text = random_tensor({2, 120, geometry.text_channels}, 5, 1);
      inputs.text_mask = HostTensor({2, 120}, std::vector<float>(240, 1.0f));
    }
  }

  // Condition once, then `times` evaluations, each handed to `each` while it runs.
  HostTensor run(Device& device, const std::function<void(const std::function<void()>&)>& around,
                 Plan& plan) const {
    HostTensor output;
    const auto evaluate = [&](nn::Walk& walk, const models::Condition& condition) {
      const Tensor x = walk.stream().upload(latent.shape, latent.values);
      return network->forward(nn::Scope(walk), x, std::vector<float>{500, 500}, condition);
    };
    uint64_t of_condition = 0;
    plan = plan_walk(device, weights, [&](nn::Walk& walk) {
      const auto condition = network->condition(nn::Scope(walk), inputs);
      of_condition = walk.stream().multiply_adds();
      evaluate(walk, condition);
    });
    plan.multiply_adds -= of_condition;
    Stream stream(device, Stream::Mode::run, plan.arena_bytes);
    nn::Walk walk(stream, weights);
    const auto condition = network->condition(nn::Scope(walk), inputs);
    around([&] { output = stream.download(evaluate(walk, condition)); });
    return output;
  }
};

Config with_one_block(const Config& config) {
  nlohmann::json json = config.json();
  json["num_layers"] = 1;
  return Config::parse(json.dump(), config.where());
}

HostTensor run_once(Device& device, const Config& config, const Format& precision) {
  Plan plan;
  return Forward(device, config, precision)
      .run(
          device, [](const auto& forward) { forward(); }, plan);
}

double squared_distance(const HostTensor& a, const HostTensor& b) {
  double sum = 0;
  for (size_t i = 0; i < a.values.size(); ++i)
    sum += std::pow(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]), 2);
  return sum;
}

// One block of the network against the portable kernels, then the whole of it on the clock.
void bench_forward(Device& device, const std::string& name, const BenchOptions& options,
                   const DevicePeaks& peaks, const Report& report) {
  const Config config = published_config(name);
  cpu::Device portable({.isa = cpu::Isa::portable});
  const HostTensor expected = run_once(portable, with_one_block(config), format_f32());
  const HostTensor got = run_once(device, with_one_block(config), *options.precision);
  const double error =
      relative_error(squared_distance(got, expected), squared_distance(expected, HostTensor(expected.shape)));

  const Forward forward(device, config, *options.precision);
  Plan plan;
  double ms = 0;
  forward.run(
      device, [&](const auto& once) { ms = time_ms(device, options.repeats, once); }, plan);
  const double rate = 2e-6 * static_cast<double>(plan.multiply_adds) / ms;
  report({.group = "forward",
          .name = fmt::format("{} {}, guidance pair", name, options.precision->name),
          .milliseconds = ms,
          .rate = rate,
          .share = rate / peaks.of(device, *options.precision),
          .error = error});
}

}  // namespace

void bench(Device& device, const BenchOptions& options, const Report& report) {
  const DevicePeaks peaks = report_peaks(device, report);
  if (options.kernels) {
    bench_linear(device, options, peaks, report);
    bench_attention(device, options, peaks, report);
  }
  for (const std::string& name : options.configs) bench_forward(device, name, options, peaks, report);
}

}  // namespace diorama
