#include "cli/commands.h"

#include "cli/option_checks.h"

namespace diorama::cli {

void add_commands(CLI::App& program, int& result) {
  program.require_subcommand(1);
  program.option_defaults()->take_last();  // as other programs do: later options override
  add_render_command(program, result);
  add_models_command(program, result);
  add_devices_command(program, result);
  add_metadata_command(program, result);
  add_compare_command(program, result);
  add_trace_command(program, result);
  add_tune_command(program, result);
  add_bench_command(program, result);
  add_shaders_command(program, result);
  refuse_missing_values(program);
}

}  // namespace diorama::cli
