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
}

// The devices as they choose, then every other variant that they can execute, and the paths of poorer devices.
void append_vulkan(std::vector<TestDevice>& devices) {
  const int index = vulkan::list_devices().best();
  if (index < 0) return;
  const auto add = [&](const std::string& name, vulkan::DeviceOptions options) {
    options.index = index;
    options.validate = true;
    devices.push_back({"vulkan_" + name, vulkan::open_device(options)});
  };
  add("as_chosen", {});
  for (const vulkan::VariantSet& set : vulkan::variant_sets()) add(set.name, {.variants = set.variants});
  add("poor", {.push_descriptors = false, .storage16 = false, .host_visible = false});
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

}  // namespace diorama::test
