// What the ops' own tests cannot see: segments, cancelling, memory, and tensors larger than a binding.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <thread>

#include "ops/harness.h"
#include "ops/ops.h"
#include "test_folder.h"
#include "times.h"
#include "vulkan/open.h"
#include "vulkan/recorder.h"
#include "vulkan/variants.h"

namespace diorama::vulkan {
namespace {

using test::input;
using test::Output;
using test::random_values;

using Bytes = std::vector<std::byte>;

Bytes linear_bytes(Device& device, const Format& format = format_f32()) {
  Stream stream(device, Stream::Mode::run);
  const test::TestWeight w = test::make_weight(device, format, 300, 96, 1);
  const Output y(device, {2, 90, 300});
  ops::linear(stream, {.x = test::input_for(stream, w.weight, {2, 90, 96}, random_values(2 * 90 * 96, 2)),
                       .weight = &w.weight,
                       .gate = input(device, {2, 300}, random_values(600, 3)),
                       .residual = input(device, {2, 90, 300}, random_values(2 * 90 * 300, 4)),
                       .y = y.tensor()});
  return y.bytes();
}

Bytes conv_bytes(Device& device, int stride, int upsample) {
  Stream stream(device, Stream::Mode::run);
  const test::TestWeight w = test::make_weight(device, format_f32(), 20, 9 * 12, 1, true, 3);
  const int64_t height = (33 * upsample + 2 - 3) / stride + 1, width = (29 * upsample + 2 - 3) / stride + 1;
  const Output y(device, {2, height, width, 20});
  ops::conv(stream, {.x = input(device, {2, 33, 29, 12}, random_values(2 * 33 * 29 * 12, 2)),
                     .weight = &w.weight,
                     .stride = stride,
                     .pad_top = 1,
                     .pad_left = 1,
                     .pad_bottom = 1,
                     .pad_right = 1,
                     .upsample = upsample,
                     .y = y.tensor()});
  return y.bytes();
}

Bytes group_norm_bytes(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const Output y(device, {2, 40, 33, 32});
  ops::group_norm(stream, {.x = input(device, {2, 40, 33, 32}, random_values(2 * 40 * 33 * 32, 1)),
                           .groups = 8,
                           .eps = 1e-6f,
                           .weight = input(device, {32}, random_values(32, 2)),
                           .bias = input(device, {32}, random_values(32, 3)),
                           .y = y.tensor()});
  return y.bytes();
}

Bytes attention_bytes(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const Output y(device, {2, 100, 128});
  ops::attention(stream, {.q = input(device, {2, 100, 128}, random_values(2 * 100 * 128, 1)),
                          .k = input(device, {2, 60, 128}, random_values(2 * 60 * 128, 2)),
                          .v = input(device, {2, 60, 128}, random_values(2 * 60 * 128, 3)),
                          .num_heads = 4,
                          .scale = 0.2f,
                          .key_bias = input(device, {2, 60}, random_values(120, 4)),
                          .y = y.tensor()});
  return y.bytes();
}

Bytes rows_bytes(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const Shape shape{3, 101, 130};
  const Output sum(device, shape), normal(device, shape);
  const Tensor a = input(device, shape, random_values(shape.num_elements(), 1));
  const Tensor modulation = input(device, {3, 130}, random_values(390, 2));
  ops::binary(stream,
              {.a = a, .b = input(device, {101, 130}, random_values(101 * 130, 3)), .y = sum.tensor()});
  ops::norm(
      stream,
      {.x = sum.tensor(), .shift = modulation, .scale = modulation, .eps = 1e-6f, .y = normal.tensor()});
  ops::gate_add(stream, {.x = normal.tensor(), .gate = modulation, .residual = a, .y = sum.tensor()});
  return sum.bytes();
}

TEST(Bands, change_no_byte) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice whole, cut({.max_binding_bytes = 70'000});
  TestedDevice tiled({.variants = {"attention_tiled"}});
  TestedDevice tiled_cut({.variants = {"attention_tiled"}, .max_binding_bytes = 70'000});
  EXPECT_EQ(linear_bytes(*whole), linear_bytes(*cut));
  EXPECT_EQ(conv_bytes(*whole, 1, 1), conv_bytes(*cut, 1, 1));
  EXPECT_EQ(conv_bytes(*whole, 2, 1), conv_bytes(*cut, 2, 1));
  EXPECT_EQ(conv_bytes(*whole, 1, 2), conv_bytes(*cut, 1, 2));
  EXPECT_EQ(group_norm_bytes(*whole), group_norm_bytes(*cut));
  EXPECT_EQ(attention_bytes(*whole), attention_bytes(*cut));
  EXPECT_EQ(attention_bytes(*tiled), attention_bytes(*tiled_cut));
  EXPECT_EQ(rows_bytes(*whole), rows_bytes(*cut));
}

TEST(Repetition, gives_the_same_bytes) {
  DIORAMA_NEEDS_VULKAN();
  for (const VariantSet& set : variant_sets()) {
    TestedDevice device({.variants = set.variants});
    for (const auto& run : {+[](Device& d) { return linear_bytes(d); }, attention_bytes, group_norm_bytes})
      EXPECT_EQ(run(*device), run(*device)) << set.name;
  }
}

TEST(Variants, are_taken_where_they_are_asked_for) {
  DIORAMA_NEEDS_VULKAN();
  const auto kernels_of = [](std::vector<std::string> variants) {
    TestedDevice device({.variants = std::move(variants)});
    linear_bytes(*device, format_f16());
    attention_bytes(*device);
    rows_bytes(*device);
    return device->kernels();
  };
  EXPECT_TRUE(kernels_of({"linear_vector"}).contains("linear_vector"));
  EXPECT_TRUE(kernels_of({"linear_tiled_64x64x16"}).contains("linear_tiled"));
  EXPECT_TRUE(kernels_of({"linear_tiled_64x64x16", "linear_tiled_f16"}).contains("linear_tiled_f16"));
  EXPECT_TRUE(kernels_of({"attention_tiled"}).contains("attention_tiled"));
  EXPECT_TRUE(kernels_of({"norm_shared"}).contains("norm_shared"));
}

TEST(Storage, without_sixteen_bits_weights_stay_small_and_activations_are_f32) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice narrow({.variants = {"linear_tiled_f16"}, .storage16 = false}), plain;
  EXPECT_EQ(narrow->product_input(format_f16()), DType::f32);
  for (const Format* format : formats())
    EXPECT_EQ(linear_bytes(*narrow, *format), linear_bytes(*plain, *format));
  Stream stream(*narrow, Stream::Mode::run);
  const Output y(*narrow, {1, 8}, DType::f16);
  const Tensor x = input(*narrow, {1, 8}, random_values(8, 1));
  test::expect_fault(Fault::unsupported_device, {"f16"},
                     [&] { ops::unary(stream, {.x = x, .y = y.tensor()}); });
}

TEST(Memory, more_than_the_device_has_is_refused_with_its_size) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice device;
  const size_t bytes = device->caps().max_allocation_bytes + (size_t{1} << 20);
  test::expect_fault(Fault::out_of_memory, {fmt::format("{} MiB", bytes >> 20)},
                     [&] { device->allocate(bytes); });
}

// Recorded work still needs what it reads; new tensors must not take its place.
TEST(Memory, is_not_given_away_while_recorded_work_needs_it) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice device;
  Stream stream(*device, Stream::Mode::run);
  std::vector<std::unique_ptr<Output>> outputs;
  for (int i = 0; i < 50; ++i) {
    outputs.push_back(std::make_unique<Output>(*device, Shape{1, 64}));
    const Tensor x = input(*device, {1, 64}, test::Floats(64, static_cast<float>(i)));
    ops::unary(stream, {.x = x, .y = outputs.back()->tensor()});
  }
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(outputs[static_cast<size_t>(i)]->values(), test::Floats(64, static_cast<float>(i)));
}

// What a segment took changes what the next one is expected to take; how well is
// tests/vulkan/cost_model_test.cpp.
TEST(Segments, teach_what_work_costs) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice device;
  if (device->caps().timestamp_ns == 0) DIORAMA_SKIP_WITHOUT("vulkan", "the device has no timestamps");
  const double guess = device->recorder().costs().seconds(Work::product, 1);
  linear_bytes(*device);
  const double learned = device->recorder().costs().seconds(Work::product, 1);
  EXPECT_NE(learned, guess);
  EXPECT_GT(learned, 0);
}

struct LargeLinear {
  explicit LargeLinear(Device& device)
      : w(test::make_weight(device, format_f32(), kSize, kSize, 1)),
        x(input(device, {1, kSize, kSize}, test::Floats(kSize * kSize, 0.5f))),
        y(device, {1, kSize, kSize}) {}
  void run(Stream& stream) const { ops::linear(stream, {.x = x, .weight = &w.weight, .y = y.tensor()}); }

  static constexpr int64_t kSize = 1024;
  test::TestWeight w;
  Tensor x;
  Output y;
};

// The token is looked at before every op and between the segments of one.
TEST(Cancel, takes_effect_before_the_work_is_over_and_leaves_the_device_usable) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice device;
  const LargeLinear large(*device);
  Stream stream(*device, Stream::Mode::run);
  large.run(stream);
  const test::Floats before = large.y.values();
  CancelToken token;
  device->set_cancel_token(&token);
  constexpr int kOps = 20;
  token.request_after_looks(kOps / 2);
  int done = 0;
  test::expect_fault(Fault::cancelled, {"cancelled"}, [&] {
    for (; done < kOps; ++done) large.run(stream);
  });
  EXPECT_LE(done, kOps / 2);
  token.clear();
  large.run(stream);
  EXPECT_EQ(large.y.values(), before);
  device->set_cancel_token(nullptr);
}

TEST(Times, cancel_on_vulkan) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice device;
  const LargeLinear large(*device);
  CancelToken token;
  device->set_cancel_token(&token);
  Stream stream(*device, Stream::Mode::run);
  test::Stopwatch requested;
  std::thread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    requested = {};
    token.request();
  });
  test::expect_fault(Fault::cancelled, {"cancelled"}, [&] {
    for (int i = 0; i < 100; ++i) large.run(stream);
    device->finish();
  });
  const double seconds = requested.seconds();
  user.join();
  EXPECT_TRUE(test::is_in_time("cancel on vulkan", seconds, 0.2));
  device->set_cancel_token(nullptr);
}

}  // namespace
}  // namespace diorama::vulkan
