#include "ops/devices.h"

#include "cpu/device.h"
#include "vulkan/device.h"
#include "vulkan/variants.h"

namespace diorama::test {
namespace {

void append_cpu(std::vector<TestDevice>& devices) {
  for (const cpu::Isa isa : {cpu::Isa::portable, cpu::Isa::avx2, cpu::Isa::avxvnni, cpu::Isa::avx512}) {
    if (!cpu::runs(isa)) continue;
    for (const int threads : {1, 2})
      devices.push_back({fmt::format("cpu_{}_{}_threads", cpu::name_of(isa), threads),
                         std::make_shared<cpu::Device>(cpu::DeviceOptions{.threads = threads, .isa = isa})});
  }
  if (cpu::runs(cpu::Isa::avx512) && !cpu::has_bf16_products())
    devices.push_back({"cpu_bf16_emulated", std::make_shared<cpu::Device>(
                                                cpu::DeviceOptions{.threads = 2, .emulate_bf16 = true})});
}

// Owns the Vulkan devices: they must go before the libraries of driver and layers do, and have had nothing to
// report.
class VulkanDevices : public testing::Environment {
 public:
  std::shared_ptr<Device> add(const vulkan::DeviceOptions& options) {
    devices_.push_back(std::make_unique<vulkan::Device>(options));
    return {std::shared_ptr<Device>(), devices_.back().get()};
  }
  void TearDown() override {
    for (const auto& device : devices_) EXPECT_EQ(device->validation_messages(), 0) << device->description();
    devices_.clear();
  }

 private:
  std::vector<std::unique_ptr<vulkan::Device>> devices_;
};

// The device as it chooses, then with every other variant that it can execute, then as a poorer one.
void append_vulkan(std::vector<TestDevice>& devices) {
  const vulkan::DeviceList list = vulkan::list_devices();
  if (list.best() < 0) {
    fmt::print(stderr, "no Vulkan device is tested: {}\n", list.reason);
    return;
  }
  auto* owner = new VulkanDevices;
  testing::AddGlobalTestEnvironment(owner);
  const auto add = [&](const std::string& name, vulkan::DeviceOptions options) {
    options.index = list.best();
    options.validate = list.has_validation;
    devices.push_back({"vulkan_" + name, owner->add(options)});
  };
  add("as_chosen", {});
  for (const vulkan::VariantSet& set : vulkan::variant_sets()) add(set.name, {.variants = set.variants});
  add("poor", {.push_descriptors = false, .host_visible = false});
}

}  // namespace

const std::vector<TestDevice>& test_devices() {
  static const std::vector<TestDevice> devices = [] {
    std::vector<TestDevice> all;
    append_cpu(all);
    append_vulkan(all);
    return all;
  }();
  return devices;
}

std::vector<TestDevice> main_test_devices() {
  const std::string cpu = fmt::format("cpu_{}_2_threads", cpu::name_of(cpu::best_isa()));
  std::vector<TestDevice> main;
  for (const TestDevice& device : test_devices())
    if (device.name == cpu || device.name == "vulkan_as_chosen") main.push_back(device);
  return main;
}

}  // namespace diorama::test
