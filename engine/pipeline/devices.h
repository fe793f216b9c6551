// Which device does the work.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/device.h"

namespace diorama {

struct DeviceRequest {
  std::string name = "auto";  // auto, cpu, vulkan or vulkan:N
  int threads = 0;            // cpu: 0 for all
  std::string cpu_isa;        // cpu: at most this instruction set; empty: the best there is
};

// "auto" takes a discrete or integrated GPU, else the processor. Fault::usage for an unknown name,
// Fault::unsupported_device with the reasons where there is none that can do it.
std::unique_ptr<Device> open_device(const DeviceRequest& request);

}  // namespace diorama
