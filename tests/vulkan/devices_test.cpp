#include "vulkan/devices.h"

#include <gtest/gtest.h>

#include "test_folder.h"
#include "vulkan/api.h"
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

// One function of the driver fails for as long as this lives.
template <typename Function>
class Failing {
 public:
  Failing(Function& function, std::type_identity_t<Function> failing) : function_(function), real_(function) {
    function_ = failing;
  }
  ~Failing() { function_ = real_; }
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;

 private:
  Function& function_;
  Function real_;
};

template <VkResult kResult, typename... Args>
VKAPI_ATTR VkResult VKAPI_CALL fails(Args...) {
  return kResult;
}

// A process without threads or memory left meets this: it is the device that cannot be used.
TEST(Devices, whatever_fails_while_one_is_opened_makes_it_unsupported) {
  DIORAMA_NEEDS_VULKAN();
  const auto expect_unsupported = [](const char* call) {
    test::expect_fault(Fault::unsupported_device, {"[vulkan]", call, "--device cpu"},
                       [] { open_device({}); });
  };
  {
    const Failing failing(vkCreateDevice, &fails<VK_ERROR_UNKNOWN>);
    expect_unsupported("vkCreateDevice: VK_ERROR_UNKNOWN");
  }
  {
    const Failing failing(vkCreateDevice, &fails<VK_ERROR_OUT_OF_HOST_MEMORY>);
    expect_unsupported("vkCreateDevice: VK_ERROR_OUT_OF_HOST_MEMORY");
  }
  {
    const Failing failing(vkCreateDescriptorSetLayout, &fails<VK_ERROR_UNKNOWN>);
    expect_unsupported("vkCreateDescriptorSetLayout");
  }
  {
    const Failing failing(vkCreatePipelineLayout, &fails<VK_ERROR_OUT_OF_DEVICE_MEMORY>);
    expect_unsupported("vkCreatePipelineLayout");
  }
  {
    const Failing failing(vkCreatePipelineCache, &fails<VK_ERROR_INITIALIZATION_FAILED>);
    expect_unsupported("vkCreatePipelineCache");
  }
  {
    const Failing failing(vkCreateSemaphore, &fails<VK_ERROR_UNKNOWN>);
    expect_unsupported("vkCreateSemaphore");
  }
  EXPECT_NO_THROW(open_device({}));
}

TEST(Devices, one_that_gives_up_at_its_first_product_is_unsupported) {
  DIORAMA_NEEDS_VULKAN();
  const test::TestFolder folder;
  const test::Environment cache("XDG_CACHE_HOME", folder.path().string());
  const Failing failing(vkCreateComputePipelines, &fails<VK_ERROR_UNKNOWN>);
  test::expect_fault(Fault::unsupported_device, {"VK_ERROR_UNKNOWN", "--device cpu"},
                     [] { open_device({}); });
}

TEST(Devices, a_driver_that_cannot_list_its_devices_has_none) {
  DIORAMA_NEEDS_VULKAN();
  const Failing failing(vkEnumeratePhysicalDevices, &fails<VK_ERROR_OUT_OF_HOST_MEMORY>);
  const DeviceList list = list_devices();
  EXPECT_TRUE(list.devices.empty());
  EXPECT_FALSE(list.reason.empty());
}

}  // namespace
}  // namespace diorama::vulkan
