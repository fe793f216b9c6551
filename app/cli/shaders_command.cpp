#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "vulkan/inner_loop.h"
#include "vulkan/variants.h"

namespace diorama::cli {
namespace {

struct Options {
  int device = -1;
  std::string filter;
  bool assembly = false;
};

double statistic(const vulkan::PipelineReport& report, std::string_view name) {
  for (const auto& [key, value] : report.statistics)
    if (key == name) return value;
  return 0;
}

void run(const Options& options) {
  fmt::print("{:<40} {:>6} {:>6} {:>8} {:>9} {:>10} {:>28}\n", "kernel", "VGPRs", "spills", "LDS", "waves",
             "1/speed", "innermost: vector, dot4, fma");
  for (const vulkan::PipelineReport& report : vulkan::compile_gpu_pipelines({.index = options.device})) {
    if (report.name.find(options.filter) == std::string::npos) continue;
    const vulkan::InstructionMix mix = vulkan::inner_loop(report.assembly);
    const double spills = statistic(report, "Spilled SGPRs") + statistic(report, "Spilled VGPRs");
    fmt::print("{:<40} {:>6} {:>6} {:>8} {:>9} {:>10} {:>8} {:>6} {:>6} {:>5.0f} %\n", report.name,
               statistic(report, "VGPRs"), spills, statistic(report, "LDS size"),
               statistic(report, "Subgroups per SIMD"), statistic(report, "Inverse Throughput"), mix.vector,
               mix.dot4, mix.fma, mix.vector > 0 ? 100.0 * (mix.dot4 + mix.fma) / mix.vector : 0.0);
    if (options.assembly) fmt::print("{}\n", report.assembly);
  }
}

}  // namespace

void add_shaders_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand(
      "shaders",
      "What the driver's compiler makes of the GPU kernels: registers, spills, the innermost loop");
  const auto options = std::make_shared<Options>();
  command->add_option("--device", options->device, "N of vulkan:N (see `diorama devices`); -1: the best")
      ->capture_default_str();
  command->add_option("--filter", options->filter, "Only kernels whose name holds this");
  command->add_flag("--assembly", options->assembly, "The code as well");
  command->callback([options] { run(*options); });
}

}  // namespace diorama::cli
