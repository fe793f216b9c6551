#include <memory>

#include "base/say.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/compute_options.h"
#include "cli/json_text.h"
#include "cli/option_checks.h"
#include "cli/output_file.h"
#include "cli/terminal_line.h"
#include "io/model_search.h"
#include "pipeline/acceleration.h"
#include "study/tune.h"
#include "study/tune_plot.h"

namespace diorama::cli {
namespace {

struct Options {
  std::string model;
  TuneOptions tune;
  double balanced_psnr = 0, fast_psnr = 0;
  double target_speed = 0;
  std::string name = "target";
  std::string plot;
  bool overwrite = false;
  bool keep = true;
  ComputeOptions compute;
};

void print_rows(const std::string& title, const std::vector<TuneRow>& rows) {
  say(stdout, "{:<72} {:>8} {:>6} {:>6} {:>7} {:>7} {:>7} {:>7}\n", title, "pictures", "speed", "macs",
      "psnr", "10th", "worst", "ssim");
  for (const TuneRow& row : rows)
    say(stdout, "{:<72} {:>8} {:>6} {:>5.2f}x {:>7.2f} {:>7.2f} {:>7.2f} {:>7.4f}\n", one_line(row.what),
        row.pictures, row.speed > 0 ? fmt::format("{:.2f}x", row.speed) : "", row.macs_ratio, row.psnr.mean,
        row.psnr.tenth, row.psnr.worst, row.ssim.mean);
}

std::vector<TuneGoal> goals_of(const Options& options) {
  if (options.target_speed > 0) return {{.name = options.name, .speed = options.target_speed}};
  return {{.name = "balanced", .psnr = options.balanced_psnr}, {.name = "fast", .psnr = options.fast_psnr}};
}

void print(const Options& options, const TuneReport& report) {
  print_rows("on the tuning prompts", report.tried);
  print_rows("on the scoring prompts", report.scored);
  if (report.out_of_time)
    say(stdout,
        "the time was up after {} ways to paint (--minutes {:g}); the same command again goes on from here\n",
        report.tried.size(), options.tune.minutes);
  for (const accelerate::Plan& plan : report.plans) say(stdout, "{}\n", json_text(plan.to_json()));
  if (!report.unkept.empty()) say(stderr, "diorama: {}\n", one_line(report.unkept, 600));
}

void keep(const ModelFolder& folder, const TuneReport& report) try {
  const SavedPlans saved = save_plans(folder, report.plans);
  for (const std::string& note : saved.notes) say(stdout, "{}\n", one_line(note, 600));
  say(stdout, "kept in {}\n", one_line(saved.file.string(), 5000));
} catch (const Error& error) {
  fail(error.fault(),
       "{}; the plans that were found are printed above, and each can be put into a file for "
       "--accelerate",
       error.what());
}

void run(Options& options) {
  const OutputFile plot(options.plot, options.overwrite);
  const ModelFolder folder = ModelFolder::open(find_model(options.model));
  if (options.keep) try_to_save_plans(folder);
  const auto device = open_compute_device(options.compute);
  options.tune.precision = choose_precision(options.compute.precision, *device, folder);
  options.tune.goals = goals_of(options);
  TerminalLine line;
  const TuneReport report = tune(folder, *device, options.tune, [&](const TuneProgress& progress) {
    line.show(fmt::format("{} tried; {}", progress.tried, progress.what));
  });
  line.clear();
  print(options, report);
  if (options.keep && !report.plans.empty()) keep(folder, report);
  if (plot.is_asked_for())
    plot.write(plot_of(
        report, fmt::format("{}, {}, {} steps", folder.title(), options.tune.precision.name, report.steps)));
  if (report.plans.empty())
    fail(Fault::unusable_result,
         "[tune] no plan keeps the bounds; lower --balanced-psnr or --fast-psnr, or --target-speed");
}

void add_goals(CLI::App& command, Options& options) {
  for (const TuneGoal& goal : options.tune.goals)
    (goal.name == "fast" ? options.fast_psnr : options.balanced_psnr) = goal.psnr;
  auto* const balanced =
      command
          .add_option("--balanced-psnr", options.balanced_psnr,
                      "dB that the plan `balanced` keeps in the mean, and 6 less at the 10th percentile")
          ->check(decimal_number(10, 60))
          ->capture_default_str();
  auto* const fast = command.add_option("--fast-psnr", options.fast_psnr, "The same of the plan `fast`")
                         ->check(decimal_number(10, 60))
                         ->capture_default_str();
  auto* const speed =
      command
          .add_option("--target-speed", options.target_speed,
                      "Instead of those, the most faithful plan with at least so many multiply-adds of the "
                      "exact run for each of its own")
          ->check(decimal_number(1, 100))
          ->excludes(balanced)
          ->excludes(fast);
  command.add_option("--name", options.name, "Of that plan, for --accelerate")
      ->needs(speed)
      ->check([](const std::string& name) {
        return name.empty() || name.size() > 64 || name == "off" || name.ends_with(".json") ||
                       one_line(name) != name
                   ? "a plan cannot have this name"
                   : "";
      })
      ->capture_default_str();
}

}  // namespace

void add_tune_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand(
      "tune", "Find acceleration plans for a model by measuring them on its own pictures");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "Name or folder of a model")->required();
  command->add_option("--steps", options->tune.steps, "Steps of the runs (the model's own)")
      ->transform(whole_number(2, 1000));
  command
      ->add_option("--minutes", options->tune.minutes,
                   "For all of it; when they are used up, what was found so far is judged")
      ->check(decimal_number(0, 10'000))
      ->capture_default_str();
  command->add_option("--pictures", options->tune.pictures, "Tuning prompts for every way to paint")
      ->transform(whole_number(1, 1000))
      ->capture_default_str();
  command->add_option("--scored", options->tune.scored, "Scoring prompts for the plans that are found")
      ->transform(whole_number(1, 10'000))
      ->capture_default_str();
  add_goals(*command, *options);
  auto* const plot =
      command->add_option("--plot", options->plot, "Saved work against PSNR and SSIM as this SVG");
  command->add_flag("--overwrite", options->overwrite, "Write the SVG over a file that is there")
      ->needs(plot);
  command->add_flag("!--dry-run", options->keep, "Do not keep the plans");
  add_compute_options(*command, options->compute);
  command->callback([options] { run(*options); });
}

}  // namespace diorama::cli
