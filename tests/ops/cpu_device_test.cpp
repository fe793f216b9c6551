#include "cpu/device.h"

#include <cmath>
#include <limits>

#include "formats/w8a8.h"
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

// An op is cut into bands of about 50 ms of work, with a look at the token before each; the one before the op
// makes three here, so that one band is computed.
TEST(CpuDevice, stops_in_the_middle_of_an_op) {
  for (const bool integer : {false, true}) {
    cpu::Device device({.threads = 1, .isa = cpu::Isa::portable});
    constexpr int64_t kWidth = 1024;
    const int64_t rows = 12 * device.segment_work() / (kWidth * kWidth);  // at least three bands
    const Format& format = integer ? w8a8::kFormat : format_f32();
    const TestWeight w = make_weight(device, format, kWidth, kWidth, 1);
    Stream stream(device, Stream::Mode::run);
    const Tensor x =
        input_for(stream, w.weight, {rows, kWidth}, Floats(static_cast<size_t>(rows * kWidth), 1));
    const Output y(device, {rows, kWidth});
    const Floats before = y.values();
    CancelToken token;
    device.set_cancel_token(&token);
    token.request_after_looks(3);
    const int64_t looks = token.looks();
    EXPECT_EQ(fault_of([&] { ops::linear(stream, {.x = x, .weight = &w.weight, .y = y.tensor()}); }),
              Fault::cancelled);
    EXPECT_EQ(token.looks() - looks, 3) << "work went on";
    const Floats after = y.values();
    EXPECT_NE(after.front(), before.front()) << "one band is computed";
    EXPECT_EQ(after.back(), before.back()) << "the last one is not";
  }
}

}  // namespace
}  // namespace diorama::test
