#include "vulkan/peak.h"

#include <chrono>

#include "kernel_params.h"
#include "vulkan/call.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kInvocationsPerGroup = 64;  // shaders/peak_fma.comp
constexpr double kOperationsPerRound = 2.0 * 4 * 12;

}  // namespace

FmaPeak::FmaPeak(Device& device)
    : device_(device),
      groups_(device.caps().type == DeviceType::cpu ? 64 : 4096),
      y_({device.allocate(static_cast<size_t>(groups_ * kInvocationsPerGroup) * sizeof(float)), 0, nullptr},
         {groups_ * kInvocationsPerGroup}, DType::f32) {
  // Rounds for about 50 ms, so that submitting counts for nothing.
  seconds();
  while (seconds() < 0.05 && rounds_ < (1u << 24)) rounds_ *= 2;
}

double FmaPeak::seconds() {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  Call call(device_, {KernelId::peak_fma, {}});
  call.bind(y_);
  call.run(PeakParams{.rounds = rounds_, .factor = 0.999f, .addend = 0.001f}, {groups_, 1, 1}, Work::elements,
           1);
  device_.finish();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double FmaPeak::measure() {
  return kOperationsPerRound * rounds_ * static_cast<double>(groups_ * kInvocationsPerGroup) / seconds() *
         1e-9;
}

}  // namespace diorama::vulkan
