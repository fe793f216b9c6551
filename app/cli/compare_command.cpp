#include <algorithm>
#include <memory>
#include <span>

#include "base/file.h"
#include "base/say.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/output_file.h"
#include "io/png.h"
#include "study/compare.h"

namespace diorama::cli {
namespace {

struct CompareOptions {
  std::string a, b;
  std::string difference;  // where to write it, or empty
  bool overwrite = false;
  bool json = false;
};

// Row by row: of two pictures of a hundred million pixels some rows are in memory.
void show(const CompareOptions& options) {
  const OutputFile difference_file(options.difference, options.overwrite);
  const std::string file_a = read_png_file(options.a), file_b = read_png_file(options.b);
  const auto rows_of = [](const std::string& file, const std::string& path) {
    return PngRows(std::as_bytes(std::span(file)), path);
  };
  PngRows a = rows_of(file_a, options.a), b = rows_of(file_b, options.b);
  const Comparison result = compare(a, b);
  if (difference_file.is_asked_for()) {
    PngRows again_a = rows_of(file_a, options.a), again_b = rows_of(file_b, options.b);
    difference_file.write(encode_difference(again_a, again_b, 255 / std::max(result.max_diff, 1)));
  }
  if (options.json) {
    const nlohmann::ordered_json json{{"psnr", result.psnr},
                                      {"ssim", result.ssim},
                                      {"max_diff", result.max_diff},
                                      {"identical", result.identical}};
    return say(stdout, "{}\n", json_text(json));
  }
  say(stdout, "psnr       {:.2f} dB{}\n", result.psnr, result.identical ? " (capped)" : "");
  say(stdout, "ssim       {:.5f}\n", result.ssim);
  say(stdout, "max_diff   {}\n", result.max_diff);
  say(stdout, "identical  {}\n", result.identical ? "yes" : "no");
}

}  // namespace

void add_compare_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand("compare", "Measure how far two pictures are apart");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("a", options->a, "A PNG")->required();
  command->add_option("b", options->b, "Another of the same size")->required();
  auto* const difference =
      command->add_option("--difference", options->difference, "Write |a - b|, stretched, as this PNG");
  command->add_flag("--overwrite", options->overwrite, "Write it over a file that is there")
      ->needs(difference);
  command->add_flag("--json", options->json, "As JSON");
  command->callback([options] { show(*options); });
}

}  // namespace diorama::cli
