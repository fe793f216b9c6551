#include <memory>

#include "base/say.h"
#include "cli/commands.h"
#include "cli/option_checks.h"
#include "study/kernel_report.h"

namespace diorama::cli {
namespace {

struct Options {
  int device = -1;
  std::string filter;
  bool assembly = false;
};

void run(const Options& options) {
  say(stdout, "{:<40} {:>6} {:>6} {:>8} {:>9} {:>10} {:>28}\n", "kernel", "VGPRs", "spills", "LDS", "waves",
      "1/speed", "innermost: vector, dot4, fma");
  for (const KernelReport& kernel : report_kernels(options.device, options.filter)) {
    const auto& mix = kernel.innermost;
    const int products = mix.dot4 + mix.fma;
    say(stdout, "{:<40} {:>6} {:>6} {:>8} {:>9} {:>10} {:>8} {:>6} {:>6} {:>5.0f} %\n", kernel.name,
        kernel.registers, kernel.spills, kernel.shared_bytes, kernel.waves, kernel.inverse_throughput,
        mix.vector, mix.dot4, mix.fma, mix.vector > 0 ? 100.0 * products / mix.vector : 0.0);
    if (options.assembly) say(stdout, "{}\n", kernel.assembly);
  }
}

}  // namespace

void add_shaders_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand(
      "shaders",
      "What the driver's compiler makes of the GPU kernels: registers, spills, the innermost loop");
  const auto options = std::make_shared<Options>();
  command->add_option("--device", options->device, "N of vulkan:N (see `diorama devices`); -1: the best")
      ->transform(whole_number(-1))
      ->capture_default_str();
  command->add_option("--filter", options->filter, "Only kernels whose name holds this");
  command->add_flag("--assembly", options->assembly, "The code as well");
  command->callback([options] { run(*options); });
}

}  // namespace diorama::cli
