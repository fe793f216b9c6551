#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "io/png.h"
#include "study/compare.h"

namespace diorama::cli {
namespace {

struct CompareOptions {
  std::string a, b;
  std::string difference;  // where to write it, or empty
  bool json = false;
};

Image read_image(const std::string& path) {
  const MappedFile file(path);
  return decode_png(file.bytes(), path);
}

void show(const CompareOptions& options) {
  const Image a = read_image(options.a), b = read_image(options.b);
  const Comparison result = compare(a, b);
  const int stretch = 255 / std::max(result.max_diff, 1);
  if (!options.difference.empty())
    write_file_atomically(options.difference, encode_png(difference(a, b, stretch)));
  if (options.json) {
    const nlohmann::ordered_json json{{"psnr", result.psnr},
                                      {"ssim", result.ssim},
                                      {"max_diff", result.max_diff},
                                      {"identical", result.identical}};
    return fmt::print("{}\n", json.dump());
  }
  fmt::print("psnr       {:.2f} dB{}\n", result.psnr, result.identical ? " (capped)" : "");
  fmt::print("ssim       {:.5f}\n", result.ssim);
  fmt::print("max_diff   {}\n", result.max_diff);
  fmt::print("identical  {}\n", result.identical ? "yes" : "no");
}

}  // namespace

void add_compare_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand("compare", "Measure how far two pictures are apart");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("a", options->a, "A PNG")->required();
  command->add_option("b", options->b, "Another of the same size")->required();
  command->add_option("--difference", options->difference, "Write |a - b|, stretched, as this PNG");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([options] { show(*options); });
}

}  // namespace diorama::cli
