#include <memory>

#include "base/say.h"
#include "cli/commands.h"
#include "cli/compute_options.h"
#include "cli/json_text.h"
#include "cli/option_checks.h"
#include "study/bench.h"

namespace diorama::cli {
namespace {

struct Options {
  BenchOptions bench;
  std::string modulation;
  std::string against;
  bool no_kernels = false;
  bool json = false;
  ComputeOptions compute;
};

void print_json(const BenchRow& row) {
  const nlohmann::ordered_json json{
      {"group", row.group},      {"name", row.name},          {"ms", row.timing.milliseconds},
      {"rate", row.timing.rate}, {"share", row.timing.share}, {"error", row.error},
      {"note", row.note}};
  say(stdout, "{}\n", json_text(json));
}

void print_text(const BenchRow& row) {
  say(stdout, "{:<10} {:<44} {:>10} {:>10} {:>7} {:>9}  {}\n", row.group, row.name,
      row.timing.milliseconds > 0 ? fmt::format("{:.3f}", row.timing.milliseconds) : "",
      row.timing.rate > 0 ? fmt::format("{:.1f}", row.timing.rate) : "",
      row.timing.share > 0 ? fmt::format("{:.0f} %", 100 * row.timing.share) : "",
      row.error > 0 ? fmt::format("{:.1e}", row.error) : "", row.note);
}

void run(Options options) {
  const auto device = open_compute_device(options.compute);
  options.bench.precision = choose_precision(options.compute.precision, *device);
  if (!options.modulation.empty()) options.bench.modulation = &find_format(options.modulation);
  if (!options.against.empty()) options.bench.against = choose_precision(options.against, *device);
  options.bench.kernels = !options.no_kernels;
  say(stderr, "{}, {}\n", device->description(), options.bench.precision.name);
  if (!options.json)
    say(stdout, "{:<10} {:<44} {:>10} {:>10} {:>7} {:>9}\n", "", "", "ms", "GFLOP/s", "of peak", "error");
  bench(*device, options.bench, [&](const BenchRow& row) {
    if (options.json)
      print_json(row);
    else
      print_text(row);
  });
}

}  // namespace

void add_bench_command(CLI::App& program, int&) {
  auto* const command =
      program.add_subcommand("bench", "Measure this machine: peaks, kernels, whole forwards");
  const auto options = std::make_shared<Options>();
  auto* const config =
      command
          ->add_option("--config", options->bench.configs,
                       "Published configurations to run with random weights, such as dit-xl-2-256")
          ->take_all()
          ->delimiter(',');
  auto* const model =
      command
          ->add_option("-m,--model", options->bench.models, "Model folders or names to run the denoiser of")
          ->take_all()
          ->delimiter(',');
  command->add_option("--modulation", options->modulation, "Format of adaLN in forwards, such as w4a8")
      ->needs(config);
  command->add_option("--blocks", options->bench.blocks, "So many blocks of the configurations")
      ->needs(config)
      ->transform(whole_number(1, 1000));
  auto* const accelerate = command->add_option(
      "--accelerate", options->bench.accelerate,
      "Compare this plan with exact runs: of models also what it changes, beside plainly fewer steps; of "
      "configurations the time alone");
  command
      ->add_option("--steps", options->bench.steps,
                   "Of those runs (as the model recommends; 8 of a configuration)")
      ->needs(accelerate)
      ->transform(whole_number(1, 1000));
  command
      ->add_option("--against", options->against,
                   "Then the configurations in this precision, by the same decisions")
      ->needs(accelerate)
      ->needs(config);
  command->add_option("--pictures", options->bench.pictures, "Scoring prompts to paint with models")
      ->needs(accelerate)
      ->needs(model)
      ->transform(whole_number(1, 10'000))
      ->capture_default_str();
  command->add_option("--repeats", options->bench.repeats, "Timings the median is taken of")
      ->transform(whole_number(1, 1000))
      ->capture_default_str();
  command->add_flag("--no-kernels", options->no_kernels, "Only peaks and forwards");
  command->add_flag("--json", options->json, "A JSON object a line");
  add_compute_options(*command, options->compute);
  command->callback([options] { run(*options); });
}

}  // namespace diorama::cli
