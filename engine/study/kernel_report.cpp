#include "study/kernel_report.h"

#include "vulkan/variants.h"

namespace diorama {
namespace {

double statistic(const vulkan::PipelineReport& report, std::string_view name) {
  for (const auto& [key, value] : report.statistics)
    if (key == name) return value;
  return 0;
}

}  // namespace

std::vector<KernelReport> report_kernels(int device, std::string_view filter) {
  std::vector<KernelReport> reports;
  for (const vulkan::PipelineReport& report : vulkan::compile_gpu_pipelines({.index = device})) {
    if (report.name.find(filter) == std::string::npos) continue;
    reports.push_back({.name = report.name,
                       .registers = statistic(report, "VGPRs"),
                       .spills = statistic(report, "Spilled SGPRs") + statistic(report, "Spilled VGPRs"),
                       .shared_bytes = statistic(report, "LDS size"),
                       .waves = statistic(report, "Subgroups per SIMD"),
                       .inverse_throughput = statistic(report, "Inverse Throughput"),
                       .innermost = vulkan::inner_loop(report.assembly),
                       .assembly = report.assembly});
  }
  return reports;
}

}  // namespace diorama
