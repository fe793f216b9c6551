#include <map>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "cli/option_checks.h"
#include "cli/render_run.h"
#include "sampling/registry.h"

namespace diorama::cli {
namespace {

const std::map<std::string, ProgressMode> kProgressModes{{"auto", ProgressMode::automatic},
                                                         {"bar", ProgressMode::bar},
                                                         {"json", ProgressMode::json},
                                                         {"none", ProgressMode::none}};

std::vector<std::string> progress_modes() {
  std::vector<std::string> words;
  for (const auto& [word, mode] : kProgressModes) words.push_back(word);
  return words;
}

std::string sampler_names() {
  std::string names;
  for (const Sampler& sampler : samplers()) names += (names.empty() ? "" : ", ") + std::string(sampler.name);
  return names;
}

void add_picture_options(CLI::App& command, RenderOptions& options) {
  RenderRequest& request = options.job.request;
  auto* const prompt = command.add_option("-p,--prompt", options.prompt,
                                          "What to paint; - reads it from standard input, @FILE from a file");
  command.add_option("-n,--negative-prompt", request.negative_prompt, "What to keep away from");
  command.add_option("--class", options.job.class_name,
                     "Name or number of a class, for class-conditional models");
  command.add_option("--batch", options.batch, "A file with a prompt a line, or JSON lines")
      ->excludes(prompt);
  command.add_option("-W,--width", request.width, "Pixels")->transform(whole_number());
  command.add_option("-H,--height", request.height, "Pixels")->transform(whole_number());
  command.add_option("--steps", request.steps, "Steps of the sampler")->transform(whole_number());
  command.add_option("--cfg-scale", request.cfg_scale, "Strength of the guidance; 1 is none")
      ->check(decimal_number());
  command
      .add_option_function<std::vector<double>>(
          "--guidance-interval",
          [&](const std::vector<double>& ends) { set_guidance_interval(request, ends); },
          "Guidance only between these shares of the run, as in 0.2,0.8")
      ->take_all()
      ->delimiter(',')
      ->check(decimal_number())
      ->type_name("A,B");
  command.add_option("--sampler", request.sampler, "Instead of the model's own: " + sampler_names());
  command.add_option("--shift", request.shift, "Of the noise levels, for flow-matching models")
      ->check(decimal_number());
  command.add_option("--eta", request.eta, "Share of fresh noise a step, for ddim")->check(decimal_number());
  command.add_option("--accelerate", options.job.accelerate,
                     "off, balanced, fast, another plan of the model, or a file that ends in .json");
  command
      .add_option_function<std::string>(
          "-s,--seed", [&](const std::string& text) { options.seed = parse_seed(text); },
          "0 to 18446744073709551615; -1 or random: any. The pictures of one command count up from it")
      ->default_str("-1");
  command.add_option("-b,--count", options.count, "Pictures of each prompt")
      ->transform(whole_number(1, 1'000'000))
      ->capture_default_str();
}

// All that is said of a picture comes from the one that is made again.
void add_repeat_options(CLI::App& command, RenderOptions& options) {
  const auto pictures = command.get_options();
  auto* const replay =
      command.add_option("--replay", options.replay, "Make this picture again, by the decisions it records");
  auto* const exact =
      command.add_option("--exact", options.exact, "Make this picture again, without acceleration")
          ->excludes(replay);
  for (CLI::Option* option : pictures) {
    if (option->get_name() == "--help") continue;
    replay->excludes(option);
    exact->excludes(option);
  }
}

void add_output_options(CLI::App& command, RenderOptions& options) {
  command.add_option("-o,--output", options.output, "Where to write; %d or %04d is the picture's number")
      ->capture_default_str();
  command.add_flag("--compare-exact", options.compare_exact,
                   "Make each picture without acceleration too, and say how far they are apart");
  command.add_flag("--overwrite", options.overwrite, "Write over pictures that are there");
  command.add_flag(
      "--allow-large", options.allow_large,
      "Paint a size that a picture's recipe or the model's files ask for even where it is many times "
      "the model's own");
  auto* const save_steps =
      command.add_option("--save-steps", options.save_steps, "A folder for a preview of every step");
  command
      .add_flag("--save-steps-decoded", options.save_steps_decoded, "Decode those previews: slower, exact")
      ->needs(save_steps);
  command
      .add_option_function<std::string>(
          "--progress", [&](const std::string& word) { options.progress = kProgressModes.at(word); },
          "What is said on the way; json: an object a line on standard output")
      ->transform(one_of(progress_modes()))
      ->default_str("auto");
}

}  // namespace

void add_render_command(CLI::App& program, int& result) {
  auto* const command = program.add_subcommand("render", "Paint pictures");
  const auto options = std::make_shared<RenderOptions>();
  add_picture_options(*command, *options);
  add_repeat_options(*command, *options);
  command->add_option("-m,--model", options->model, "Name or folder of a model (diorama-mini)");
  add_output_options(*command, *options);
  add_compute_options(*command, options->compute);
  command->callback([options, &result] { result = render(*options); });
}

}  // namespace diorama::cli
