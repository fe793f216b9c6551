// The commands of `diorama`, a file each. An add function puts the sub-command with its options into the
// program; when the command line names it, it runs and leaves its exit code in `result`.
#pragma once

#include <CLI/CLI.hpp>

namespace diorama::cli {

// All of them, with what holds for every option.
void add_commands(CLI::App& program, int& result);

void add_render_command(CLI::App& program, int& result);
void add_models_command(CLI::App& program, int& result);
void add_quantise_command(CLI::App& models);  // of `models`
void add_devices_command(CLI::App& program, int& result);
void add_metadata_command(CLI::App& program, int& result);
void add_compare_command(CLI::App& program, int& result);
void add_trace_command(CLI::App& program, int& result);
void add_shaders_command(CLI::App& program, int& result);
void add_tune_command(CLI::App& program, int& result);
void add_bench_command(CLI::App& program, int& result);

}  // namespace diorama::cli
