#include "vulkan/peak.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "kernel_params.h"
#include "vulkan/call.h"

namespace diorama::vulkan {

double measure_fma_peak(Device& device) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t kInvocationsPerGroup = 64;  // shaders/peak_fma.comp
  constexpr double kOperationsPerRound = 2.0 * 4 * 12;
  const int64_t groups = device.caps().type == DeviceType::cpu ? 64 : 4096;
  const Tensor y(
      {device.allocate(static_cast<size_t>(groups * kInvocationsPerGroup) * sizeof(float)), 0, nullptr},
      {groups * kInvocationsPerGroup}, DType::f32);
  PeakParams params{.rounds = 1000, .factor = 0.999f, .addend = 0.001f};
  const auto seconds = [&] {
    const auto start = Clock::now();
    Call call(device, {KernelId::peak_fma, {}});
    call.bind(y);
    call.run(params, {groups, 1, 1}, Work::elements, 1);
    device.finish();
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  // Rounds for about 50 ms, so that submitting counts for nothing.
  seconds();
  while (seconds() < 0.05 && params.rounds < (1u << 24)) params.rounds *= 2;
  std::array<double, 5> times{};
  std::generate(times.begin(), times.end(), seconds);
  std::sort(times.begin(), times.end());
  return kOperationsPerRound * params.rounds * static_cast<double>(groups * kInvocationsPerGroup) / times[2] *
         1e-9;
}

}  // namespace diorama::vulkan
