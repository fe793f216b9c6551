#include "vulkan/devices.h"

#include <gtest/gtest.h>

#include "test_folder.h"
#include "vulkan/environment.h"
#include "vulkan/open.h"

namespace diorama::vulkan {
namespace {

DeviceInfo device(int index, DeviceType type, const std::string& unsuitable = "") {
  DeviceInfo info;
  info.index = index;
  info.caps.type = type;
  info.unsuitable = unsuitable;
  return info;
}

TEST(DeviceList, prefers_discrete_then_integrated_then_software) {
  DeviceList list;
  EXPECT_EQ(list.best(), -1);
  list.devices.push_back(device(0, DeviceType::cpu));
  EXPECT_EQ(list.best(), 0);
  EXPECT_EQ(list.best_gpu(), -1);
  list.devices.push_back(device(1, DeviceType::integrated));
  EXPECT_EQ(list.best(), 1);
  list.devices.push_back(device(2, DeviceType::discrete));
  EXPECT_EQ(list.best_gpu(), 2);
}

TEST(DeviceList, passes_over_unsuitable_devices) {
  DeviceList list;
  list.devices = {device(0, DeviceType::discrete, "it offers Vulkan 1.1.0; 1.3 is needed"),
                  device(1, DeviceType::integrated)};
  EXPECT_EQ(list.best(), 1);
}

TEST(Devices, required_ones_are_there) {
  const DeviceList list = list_devices();
  if (list.best() < 0) DIORAMA_SKIP_WITHOUT("vulkan", list.reason);
  if (!list.has_validation)
    DIORAMA_SKIP_WITHOUT("layers", "no validation layer (Debian: vulkan-validationlayers)");
  const DeviceInfo& info = list.devices[static_cast<size_t>(list.best())];
  EXPECT_FALSE(info.name.empty());
  EXPECT_GE(info.caps.max_binding_bytes, size_t{128} << 20);  // what the specification guarantees
}

TEST(Devices, none_without_a_driver_and_a_reason_why) {
  const test::Environment no_driver("VK_ICD_FILENAMES", "/nonexistent.json");
  const DeviceList list = list_devices();
  EXPECT_TRUE(list.devices.empty());
  EXPECT_FALSE(list.reason.empty());
  test::expect_fault(Fault::unsupported_device, {"[vulkan]"}, [] { Device device{DeviceOptions{}}; });
}

TEST(Devices, an_index_beyond_the_list_is_unsupported) {
  DIORAMA_NEEDS_VULKAN();
  test::expect_fault(Fault::unsupported_device, {"no device 99"}, [] { Device device({.index = 99}); });
}

}  // namespace
}  // namespace diorama::vulkan
