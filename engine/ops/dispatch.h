#pragma once

#include "cpu/device.h"
#include "tensor/stream.h"
#include "vulkan/device.h"

namespace diorama::ops {

// Runs the device's own kernel; nothing in a plan.
template <typename Args>
void dispatch(Stream& stream, const Args& args, void (*on_cpu)(cpu::Device&, const Args&),
              void (*on_vulkan)(vulkan::Device&, const Args&)) {
  if (stream.planning()) return;
  Device& device = stream.device();
  device.poll();
  if (device.kind() == DeviceKind::cpu)
    on_cpu(static_cast<cpu::Device&>(device), args);
  else
    on_vulkan(static_cast<vulkan::Device&>(device), args);
}

}  // namespace diorama::ops
