#include <cstdio>

#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cpu/waiting.h"

namespace diorama::cli {
namespace {

int run(int argc, char** argv) {
  CLI::App program("Paints pictures from text with diffusion transformers, on this machine.", "diorama");
  program.set_version_flag("--version", "diorama " DIORAMA_VERSION);
  program.require_subcommand(1);
  program.option_defaults()->take_last();  // as other programs do: later options override
  int result = kDone;
  add_render_command(program, result);
  add_models_command(program, result);
  add_devices_command(program, result);
  add_metadata_command(program, result);
  add_compare_command(program, result);
  add_trace_command(program, result);
  add_tune_command(program, result);
  add_bench_command(program, result);
  add_shaders_command(program, result);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kDone : kUsage;
  }
  return result;
}

int guarded(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (...) {
    const Failure failure = current_failure();
    fmt::print(stderr, "diorama: {}\n", to_printable_utf8(failure.message));
    return failure.exit_code;
  }
}

}  // namespace
}  // namespace diorama::cli

int main(int argc, char** argv) {
  using namespace diorama::cli;
  diorama::cpu::wait_passively(argv);
  const int code = guarded(argc, argv);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::fputs("diorama: standard output cannot be written\n", stderr);
  return code == kDone ? kFileSystem : code;
}
