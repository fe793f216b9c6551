#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/compute_options.h"
#include "cli/terminal_line.h"
#include "io/model_search.h"
#include "pipeline/acceleration.h"
#include "study/tune.h"

namespace diorama::cli {
namespace {

struct Options {
  std::string model;
  TuneOptions tune;
  std::string plot;
  bool keep = true;
  ComputeOptions compute;
};

void print_rows(const std::string& title, const std::vector<TuneRow>& rows) {
  fmt::print("{:<64} {:>6} {:>6} {:>7} {:>7} {:>7} {:>7}\n", title, "speed", "macs", "psnr", "10th", "worst",
             "ssim");
  for (const TuneRow& row : rows)
    fmt::print("{:<64} {:>6} {:>5.2f}x {:>7.2f} {:>7.2f} {:>7.2f} {:>7.4f}\n", row.what,
               row.speed > 0 ? fmt::format("{:.2f}x", row.speed) : "", row.macs_ratio, row.psnr.mean,
               row.psnr.tenth, row.psnr.worst, row.ssim.mean);
}

void run(Options& options) {
  const ModelFolder folder = ModelFolder::open(find_model(options.model));
  const auto device = open_compute_device(options.compute);
  options.tune.precision = choose_precision(options.compute.precision, *device, folder);
  TerminalLine line;
  const TuneReport report = tune(folder, *device, options.tune, [&](const TuneProgress& progress) {
    line.show(fmt::format("{} tried; {}", progress.tried, progress.what));
  });
  line.clear();
  print_rows("on the tuning prompts", report.tried);
  print_rows("on the scoring prompts", report.scored);
  if (!options.plot.empty())
    write_file_atomically(
        options.plot,
        plot_of(report, fmt::format("{}, {}, {} steps", folder.title(), options.tune.precision.name,
                                    report.plans.empty() ? 0 : report.plans[0].tuned->steps)));
  if (report.plans.empty())
    fail(Fault::unusable_result, "[tune] no plan keeps the bounds; lower --balanced-psnr or --fast-psnr");
  for (const accelerate::Plan& plan : report.plans) fmt::print("{}\n", plan.to_json().dump());
  if (options.keep) fmt::print("kept in {}\n", save_plans(folder, report.plans).string());
}

}  // namespace

void add_tune_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand(
      "tune", "Find acceleration plans for a model by measuring them on its own pictures");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "Name or folder of a model")->required();
  command->add_option("--steps", options->tune.steps, "Steps of the runs (the model's own)")
      ->check(CLI::Range(2, 1000));
  command->add_option("--pictures", options->tune.pictures, "Tuning prompts for every way to paint")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--scored", options->tune.scored, "Scoring prompts for the plans that are found")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command
      ->add_option("--balanced-psnr", options->tune.balanced_psnr,
                   "dB that the plan `balanced` keeps, in the mean")
      ->check(CLI::Range(10, 60))
      ->capture_default_str();
  command->add_option("--fast-psnr", options->tune.fast_psnr, "dB that the plan `fast` keeps")
      ->check(CLI::Range(10, 60))
      ->capture_default_str();
  command->add_option("--plot", options->plot, "Saved work against fidelity as this SVG");
  command->add_flag("!--dry-run", options->keep, "Do not keep the plans");
  add_compute_options(*command, options->compute);
  command->callback([options] { run(*options); });
}

}  // namespace diorama::cli
