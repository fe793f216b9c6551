// Every device and variant this machine can run; the op tests run on all of them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tensor/device.h"

namespace diorama::test {

struct TestDevice {
  std::string name;  // of letters, digits and underscores: part of the test's name
  std::shared_ptr<Device> device;
};

const std::vector<TestDevice>& test_devices();

// One of each kind, as users get them: for tests of whole networks.
std::vector<TestDevice> main_test_devices();

// A test with one case of its own kind, which has a `name`, on one device.
template <typename Case>
using DeviceCase = std::tuple<TestDevice, Case>;

template <typename Case>
std::string name_of_device_case(const testing::TestParamInfo<DeviceCase<Case>>& info) {
  return std::get<0>(info.param).name + "_" + std::get<1>(info.param).name;
}

inline std::string name_of_device(const testing::TestParamInfo<TestDevice>& info) {
  return info.param.name;
}

template <typename Case>
auto on_every_device(const std::vector<Case>& cases) {
  return testing::Combine(testing::ValuesIn(test_devices()), testing::ValuesIn(cases));
}

inline void PrintTo(const TestDevice& device, std::ostream* out) {
  *out << device.name;
}

}  // namespace diorama::test
