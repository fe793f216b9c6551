#pragma once

#include <chrono>
#include <string_view>
#include <type_traits>

#include "cpu/device.h"
#include "ops/ops.h"
#include "tensor/stream.h"
#include "vulkan/device.h"

namespace diorama::ops {

// What a fused op spends on quantising its rows counts here too.
constexpr std::string_view kRowwise = "norm, activation, quantising";

template <typename Args>
std::string_view name_of_op(const Args& args) {
  if constexpr (std::is_same_v<Args, LinearArgs>)  // a row for each picture, or for each token
    return args.x.shape().rank() == 2 ? "linear, rows of their own" : "linear, tokens";
  else if constexpr (std::is_same_v<Args, AttentionArgs>)
    return "attention";
  else if constexpr (std::is_same_v<Args, NormArgs> || std::is_same_v<Args, UnaryArgs>)
    return kRowwise;
  else
    return "rest";
}

// Runs the device's own kernel; nothing in a plan.
template <typename Args>
void dispatch(Stream& stream, const Args& args, void (*on_cpu)(cpu::Device&, const Args&),
              void (*on_vulkan)(vulkan::Device&, const Args&)) {
  if (stream.planning()) return;
  Device& device = stream.device();
  device.poll();
  using Clock = std::chrono::steady_clock;
  auto* on_processor = device.kind() == DeviceKind::cpu ? static_cast<cpu::Device*>(&device) : nullptr;
  if (stream.observer() && on_processor != nullptr) on_processor->take_quantising();
  const auto start = stream.observer() ? Clock::now() : Clock::time_point();
  if (on_processor != nullptr)
    on_cpu(*on_processor, args);
  else
    on_vulkan(static_cast<vulkan::Device&>(device), args);
  if (!stream.observer()) return;
  device.finish();
  const double milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  const double quantising = on_processor != nullptr ? on_processor->take_quantising() : 0;
  stream.observer()(name_of_op(args), milliseconds - quantising);
  stream.observer()(kRowwise, quantising);
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
