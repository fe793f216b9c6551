#include "study/bench_clock.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "cpu/peak.h"
#include "vulkan/peak.h"

namespace diorama {

namespace {

cpu::Peak peak_of(DType input) {
  return input == DType::q8 ? cpu::Peak::int8 : input == DType::bf16 ? cpu::Peak::bf16 : cpu::Peak::fp32;
}

}  // namespace

// The device's peak for products of a format.
class BenchClock::PeakReader {
 public:
  explicit PeakReader(Device& device) : device_(device) {
    if (device.kind() == DeviceKind::vulkan) fma_.emplace(static_cast<vulkan::Device&>(device));
  }

  double read(const Format& format) {
    if (fma_) return fma_->measure();
    return cpu::measure_peak(static_cast<cpu::Device&>(device_), peak_of(device_.product_input(format)));
  }

 private:
  Device& device_;
  std::optional<vulkan::FmaPeak> fma_;
};

BenchClock::BenchClock(Device& device, int repeats)
    : device_(device), repeats_(repeats), peak_(std::make_unique<PeakReader>(device)) {}
BenchClock::~BenchClock() = default;

Timing BenchClock::time(uint64_t multiply_adds, const Format& format, const std::function<void()>& body) {
  return time_part(multiply_adds, format, [&] {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    body();
    device_.finish();
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  });
}

Timing BenchClock::time_part(uint64_t multiply_adds, const Format& format,
                             const std::function<double()>& body) {
  body();
  std::vector<double> times;
  std::vector<double> shares;
  double before = peak_->read(format);
  for (int i = 0; i < repeats_; ++i) {
    times.push_back(body());
    const double after = peak_->read(format);
    const double peak = (before + after) / 2;
    shares.push_back(peak > 0 ? 2e-6 * static_cast<double>(multiply_adds) / times.back() / peak : 0);
    before = after;
  }
  const double milliseconds = median(times);
  return {milliseconds, 2e-6 * static_cast<double>(multiply_adds) / milliseconds, median(shares)};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace diorama
