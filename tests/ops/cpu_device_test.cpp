#include "cpu/device.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "ops/harness.h"
#include "ops/ops.h"

namespace diorama::test {
namespace {

template <typename Work>
Fault fault_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.fault();
  }
  ADD_FAILURE() << "nothing was thrown";
  return Fault::internal;
}

TEST(CpuDevice, takes_the_best_set_up_to_the_one_asked_for) {
  EXPECT_EQ(cpu::Device().isa(), cpu::best_isa());
  EXPECT_EQ(cpu::Device({.isa = cpu::Isa::portable}).isa(), cpu::Isa::portable);
  for (const cpu::Isa isa : {cpu::Isa::avx2, cpu::Isa::avxvnni, cpu::Isa::avx512}) {
    const cpu::Device device({.isa = isa});
    EXPECT_LE(device.isa(), isa);
    EXPECT_TRUE(cpu::runs(device.isa()));
  }
}

TEST(CpuDevice, names_its_instruction_set_but_not_its_threads) {
  const cpu::Device one({.threads = 1, .isa = cpu::Isa::portable}),
      two({.threads = 2, .isa = cpu::Isa::portable});
  EXPECT_EQ(one.description(), two.description());
  EXPECT_NE(one.description().find("portable"), std::string::npos);
}

TEST(CpuDevice, reads_the_names_of_instruction_sets) {
  EXPECT_EQ(cpu::find_isa("avx2"), cpu::Isa::avx2);
  EXPECT_EQ(cpu::find_isa("avx512"), cpu::Isa::avx512);
  EXPECT_EQ(fault_of([] { cpu::find_isa("sse9"); }), Fault::usage);
}

TEST(CpuDevice, refuses_what_does_not_fit_into_memory) {
  cpu::Device device;
  for (const size_t bytes : {size_t{1} << 60, std::numeric_limits<size_t>::max()})
    EXPECT_EQ(fault_of([&] { device.allocate(bytes); }), Fault::out_of_memory);
}

TEST(CpuDevice, holds_sixteen_bit_weights_once_in_sixteen_bits) {
  cpu::Device device;
  EXPECT_EQ(make_weight(device, format_f32(), 128, 50, 1).weight.packed->byte_size(), 128u * 50 * 4);
  EXPECT_EQ(make_weight(device, format_f16(), 128, 50, 1).weight.packed->byte_size(), 128u * 50 * 2);
}

// A NaN must reach the latent, where it stops the run, whatever clamps lie on its way.
TEST(CpuDevice, loses_no_nan) {
  for (const cpu::Isa isa : {cpu::Isa::portable, cpu::Isa::avx2, cpu::Isa::avx512}) {
    cpu::Device device({.threads = 1, .isa = isa});
    Stream stream(device, Stream::Mode::run);
    Floats values = random_values(64, 1);
    values[37] = std::numeric_limits<float>::quiet_NaN();
    const Tensor x = input(device, {1, 4, 16}, values);
    const Output y(device, {1, 4, 16});
    for (const Activation activation : {Activation::silu, Activation::gelu_tanh, Activation::relu}) {
      ops::unary(stream, {.activation = activation, .x = x, .y = y.tensor()});
      EXPECT_TRUE(std::isnan(y.values()[37])) << cpu::name_of(isa) << ", " << static_cast<int>(activation);
    }
    const Tensor v = input(device, {1, 4, 16}, random_values(64, 2));
    ops::attention(stream, {.q = x, .k = v, .v = v, .num_heads = 1, .y = y.tensor()});
    EXPECT_TRUE(std::isnan(y.values()[37])) << cpu::name_of(isa);
    EXPECT_FALSE(std::isnan(y.values()[0])) << cpu::name_of(isa);
  }
}

// Some 30 billion multiply-adds on one thread without vectors: seconds, were it not cut into bands.
TEST(CpuDevice, stops_in_the_middle_of_a_long_op) {
  using Clock = std::chrono::steady_clock;
  cpu::Device device({.threads = 1, .isa = cpu::Isa::portable});
  const TestWeight w = make_weight(device, format_f32(), 1024, 1024, 1);
  Stream stream(device, Stream::Mode::run);
  LinearArgs args;
  args.x = stream.make({30000, 1024}, DType::f32);
  args.weight = &w.weight;
  args.y = stream.make({30000, 1024}, DType::f32);
  CancelToken token;
  device.set_cancel_token(&token);
  Clock::time_point requested;
  std::jthread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    requested = Clock::now();
    token.request();
  });
  EXPECT_EQ(fault_of([&] { ops::linear(stream, args); }), Fault::cancelled);
  canceller.join();
  EXPECT_LT(Clock::now() - requested, std::chrono::milliseconds(500));
}

}  // namespace
}  // namespace diorama::test
