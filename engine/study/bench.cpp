#include "study/bench.h"

#include <algorithm>

#include "cpu/peak.h"
#include "study/bench_acceleration.h"
#include "study/bench_clock.h"
#include "study/bench_forward.h"
#include "study/bench_kernels.h"
#include "study/bench_plan.h"
#include "study/published_configs.h"
#include "study/random_model.h"
#include "vulkan/peak.h"

namespace diorama {
namespace {

double median_of_five(const std::function<double()>& read) {
  std::vector<double> readings(5);
  std::generate(readings.begin(), readings.end(), read);
  return median(std::move(readings));
}

void report_peaks(Device& device, const BenchReport& report) {
  const auto row = [&](const char* name, const std::function<double()>& read) {
    report({.group = "peak", .name = name, .timing = {.rate = median_of_five(read)}});
  };
  if (device.kind() == DeviceKind::vulkan) {
    vulkan::FmaPeak fma(static_cast<vulkan::Device&>(device));
    row("fp32 fma", [&] { return fma.measure(); });
    return;
  }
  for (const auto& [peak, name] : {std::pair{cpu::Peak::fp32, "fp32 fma"},
                                   {cpu::Peak::bf16, "bf16 dot"},
                                   {cpu::Peak::int8, "int8 dot (GOP/s)"},
                                   {cpu::Peak::copy, "copy (GB/s)"}})
    row(name, [&, p = peak] { return cpu::measure_peak(static_cast<cpu::Device&>(device), p); });
}

}  // namespace

void bench(Device& device, const BenchOptions& options, const BenchReport& report) {
  report_peaks(device, report);
  BenchClock clock(device, options.repeats);
  const Format& format = *options.precision.transformer;
  nn::RoleFormats formats(format);
  formats.modulation = options.modulation;
  if (options.kernels) {
    bench_linear(device, clock, format, report);
    bench_attention(device, clock, format, report);
  }
  for (const std::string& name : options.configs) {
    Config config = published_config(name);
    if (options.blocks) config = with_blocks(config, *options.blocks);
    const std::string shown = options.blocks ? fmt::format("{}, {} blocks", name, *options.blocks) : name;
    if (options.accelerate.empty())
      bench_forward(device, clock, shown, config, formats, report);
    else
      bench_plan(device, shown, config, options, report);
  }
  for (const std::string& model : options.models)
    if (options.accelerate.empty())
      bench_denoiser(device, clock, model, options.precision, report);
    else
      bench_acceleration(device, model, options, report);
}

}  // namespace diorama
