#pragma once

#include "cpu/device.h"
#include "ops/ops.h"
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

// Where codes are wanted and no kernel writes them: runs the op into fp32, then quantises that. False where
// one does.
template <typename Args>
bool quantise_apart(Stream& stream, const Args& args, void (*op)(Stream&, const Args&),
                    bool fused_on_cpu = true) {
  const bool fused = stream.device().kind() == DeviceKind::cpu && fused_on_cpu;
  if (args.y.dtype() != DType::q8 || fused) return false;
  Args in_floats = args;
  in_floats.y = stream.make(args.y.shape(), DType::f32);
  op(stream, in_floats);
  unary(stream, {.x = in_floats.y, .y = args.y, .conditioning = args.conditioning});
  return true;
}

}  // namespace diorama::ops
