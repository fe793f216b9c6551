// Which device a name opens, and which formats a precision gives each network on it.
#include "pipeline/devices.h"

#include <gtest/gtest.h>

#include "cpu/device.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"
#include "pipeline/precision.h"
#include "test_folder.h"
#include "vulkan/devices.h"
#include "vulkan/open.h"

namespace diorama::test {
namespace {

TEST(OpenDevice, the_cpu_takes_threads_and_instruction_set) {
  const auto device = open_device({.name = "cpu", .threads = 1, .cpu_isa = "portable"});
  EXPECT_EQ(device->kind(), DeviceKind::cpu);
  const auto& cpu = static_cast<const cpu::Device&>(*device);
  EXPECT_EQ(cpu.threads(), 1);
  EXPECT_EQ(cpu.isa(), cpu::Isa::portable);
  expect_fault(Fault::usage, {"sse9"}, [] { open_device({.name = "cpu", .cpu_isa = "sse9"}); });
}

TEST(OpenDevice, auto_takes_no_software_device) {
  const bool gpu = vulkan::list_devices().best_gpu() >= 0;
  EXPECT_EQ(open_device({})->kind(), gpu ? DeviceKind::vulkan : DeviceKind::cpu);
}

TEST(OpenDevice, vulkan_by_number_is_the_one_that_the_list_shows) {
  DIORAMA_NEEDS_VULKAN();
  const vulkan::DeviceList list = vulkan::list_devices();
  const auto best = static_cast<size_t>(list.best());
  const auto device = open_device({.name = fmt::format("vulkan:{}", best)});
  EXPECT_EQ(device->kind(), DeviceKind::vulkan);
  EXPECT_NE(device->description().find(list.devices[best].name), std::string::npos);
  EXPECT_EQ(open_device({.name = "vulkan"})->description(), device->description());
}

TEST(OpenDevice, names_that_are_none_are_refused) {
  for (const char* name :
       {"", "gpu", "vulkan:", "vulkan:x", "vulkan:-1", "vulkan:1x", "vulkan:99999999999", "Vulkan"})
    expect_fault(Fault::usage, {"[device]"}, [&] { open_device({.name = name}); });
}

TEST(Precision, gives_every_network_the_format_that_is_named) {
  const cpu::Device device;
  for (const Format* format : {&format_f32(), &format_f16(), &format_bf16()}) {
    const Precision precision = choose_precision(format->name, device);
    EXPECT_EQ(precision.transformer, format);
    EXPECT_EQ(precision.text_encoder, format);
    EXPECT_EQ(precision.autoencoder, format);
    EXPECT_EQ(precision.name, format->name);
  }
  expect_fault(Fault::usage, {"f8"}, [&] { choose_precision("f8", device); });
}

TEST(Precision, beside_integers_the_text_encoder_is_in_eight_bits_and_the_autoencoder_in_half) {
  const cpu::Device device;
  for (const Format* format : {&w8a8::kFormat, &w4a8::kFormat}) {
    const Precision precision = choose_precision(format->name, device);
    EXPECT_EQ(precision.transformer, format);
    EXPECT_EQ(precision.text_encoder, &w8a8::kFormat);
    EXPECT_EQ(precision.autoencoder, &format_bf16());
  }
}

TEST(Precision, auto_is_half_only_where_products_of_halves_pay) {
  const cpu::Device portable({.isa = cpu::Isa::portable});
  EXPECT_EQ(choose_precision("auto", portable).name, "f32");
  const cpu::Device best;
  EXPECT_EQ(choose_precision("auto", best).name, cpu::has_bf16_products() ? "bf16" : "f32");
}

}  // namespace
}  // namespace diorama::test
