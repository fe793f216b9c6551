// A validated Vulkan device for a test.
#pragma once

#include <gtest/gtest.h>

#include "requirements.h"
#include "vulkan/device.h"

namespace diorama::vulkan {

inline bool has_device() {
  return list_devices().best() >= 0;
}

// Expects validation to be silent when it goes.
class TestedDevice {
 public:
  explicit TestedDevice(DeviceOptions options = {}) : device_(validated(std::move(options))) {}
  ~TestedDevice() { EXPECT_EQ(device_.validation_messages(), 0); }
  Device& operator*() { return device_; }
  Device* operator->() { return &device_; }

 private:
  static DeviceOptions validated(DeviceOptions options) {
    options.validate = list_devices().has_validation;
    return options;
  }

  Device device_;
};

}  // namespace diorama::vulkan

#define DIORAMA_NEEDS_VULKAN()        \
  if (!diorama::vulkan::has_device()) \
  DIORAMA_SKIP_WITHOUT("vulkan", "no device (Debian: mesa-vulkan-drivers)")
