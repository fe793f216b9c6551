#include <cstdio>
#include <memory>

#include "base/say.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/compute_options.h"
#include "cli/option_checks.h"
#include "cli/terminal_line.h"
#include "io/model_search.h"
#include "study/quantise.h"

namespace diorama::cli {
namespace {

struct Options {
  std::string model;
  std::string destination;
  std::string format = "w4a8";
  std::string modulation = "w8a8";
  bool no_smoothing = false, no_rotation = false, no_clip_search = false, no_gptq = false;
  bool json = false;
  QuantiseOptions quantise;
  ComputeOptions compute;
};

const Format& integer_format(const std::string& name) {
  const Format* format = find_integer_format(name);
  if (format == nullptr) fail(Fault::usage, "[format] {} is no quantised format; choose w4a8 or w8a8", name);
  return *format;
}

double mib(size_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

void print_fidelity(const char* name, const Fidelity& fidelity) {
  say(stdout, "  {:<18} {:8.4f} {:8.4f} {:8.4f}\n", name, fidelity.mean, fidelity.tenth, fidelity.worst);
}

void print_text(const QuantiseReport& report) {
  say(stdout, "{:<44} {:>6} {:>6} {:>9} {:>13} {:>13} {:>13}\n", "layer", "format", "bits", "KiB",
      "weight error", "output error", "nearest codes");
  for (const LayerReport& layer : report.layers)
    say(stdout, "{:<44} {:>6} {:>6.2f} {:>9.0f} {:>13.4f} {:>13} {:>13}\n", layer.path, layer.format,
        layer.bits, static_cast<double>(layer.bytes) / 1024, layer.weight_error,
        layer.output_error > 0 ? fmt::format("{:.4f}", layer.output_error) : "",
        layer.nearest_error > 0 ? fmt::format("{:.4f}", layer.nearest_error) : "");
  say(stdout, "weights {:.1f} MiB, were {:.1f} MiB\n", mib(report.bytes_after), mib(report.bytes_before));
  if (report.pictures == 0) return;
  say(stdout, "{} pictures against f32: mean, 10th percentile, worst\n", report.pictures);
  print_fidelity("psnr, dB", report.psnr);
  print_fidelity("ssim", report.ssim);
  print_fidelity("psnr of bf16, dB", report.ceiling_psnr);
  print_fidelity("ssim of bf16", report.ceiling_ssim);
}

void run(Options& options) {
  const ModelFolder folder = ModelFolder::open(find_model(options.model));
  options.quantise.format = &integer_format(options.format);
  options.quantise.modulation = &integer_format(options.modulation);
  options.quantise.steps = {.smoothing = !options.no_smoothing,
                            .rotation = !options.no_rotation,
                            .clip_search = !options.no_clip_search,
                            .gptq = !options.no_gptq};
  const auto device = open_compute_device(options.compute);
  TerminalLine line;
  const QuantiseReport report = quantise_model(
      folder, options.destination, *device, options.quantise, [&](const QuantiseProgress& progress) {
        line.show(fmt::format("{} {}/{}", progress.what, progress.done, progress.total));
      });
  line.clear();
  for (const std::string& left_out : report.left_out) say(stderr, "diorama: {}\n", one_line(left_out, 600));
  if (options.json)
    say(stdout, "{}\n", to_json(report));
  else
    print_text(report);
  if (std::ferror(stdout) != 0)
    say(stderr, "diorama: {} is complete; only its report cannot be printed\n",
        one_line(options.destination, 600));
}

}  // namespace

void add_quantise_command(CLI::App& models) {
  auto* const command = models.add_subcommand("quantize", "Write a copy of a model with 4- or 8-bit weights");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "Name or folder of a model")->required();
  command->add_option("destination", options->destination, "The folder to make")->required();
  command->add_option("--format", options->format, "Of attention and feed-forward matrices")
      ->transform(one_of({"w4a8", "w8a8"}))
      ->capture_default_str();
  command->add_option("--modulation", options->modulation, "Of adaLN matrices")
      ->transform(one_of({"w8a8", "w4a8"}))
      ->capture_default_str();
  command
      ->add_option("--prompts", options->quantise.prompts,
                   "Prompts or classes the model paints to be watched")
      ->transform(whole_number(1, 1000))
      ->capture_default_str();
  command
      ->add_option("--steps", options->quantise.num_steps,
                   "Denoising steps of each (0: the model's own, at most 20)")
      ->transform(whole_number(0, 1000))
      ->capture_default_str();
  command->add_option("--rows", options->quantise.rows, "Inputs kept of each layer, at most")
      ->transform(whole_number(16, 1 << 20))
      ->capture_default_str();
  command->add_option("--pictures", options->quantise.pictures, "Pictures compared with f32 for the report")
      ->transform(whole_number(0, 10000))
      ->capture_default_str();
  command->add_flag("--no-smoothing", options->no_smoothing, "For study: no smoothing of inputs");
  command->add_flag("--no-rotation", options->no_rotation, "For study: no Hadamard rotation");
  command->add_flag("--no-clip-search", options->no_clip_search, "For study: no clip search");
  command->add_flag("--no-gptq", options->no_gptq, "For study: nearest codes");
  command->add_flag("--json", options->json, "The report as JSON");
  add_device_options(*command, options->compute.device);
  command->callback([options] { run(*options); });
}

}  // namespace diorama::cli
