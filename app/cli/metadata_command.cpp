#include <memory>
#include <span>

#include "base/error.h"
#include "base/file.h"
#include "base/say.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "io/png.h"
#include "io/recipe.h"

namespace diorama::cli {
namespace {

struct MetadataOptions {
  std::string image;
  bool json = false;
};

void show(const MetadataOptions& options) {
  const std::string file = read_png_file(options.image);
  const auto recipe = recipe_in_png(std::as_bytes(std::span(file)), options.image);
  if (!recipe) fail(Fault::file_system, "{}: holds no recipe that is known", options.image);
  if (options.json)
    say(stdout, "{}\n", json_text(to_json(*recipe), 2));
  else
    say(stdout, "{}\n", parameters_text(*recipe));
}

}  // namespace

void add_metadata_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand("metadata", "Show the recipe in a picture");
  const auto options = std::make_shared<MetadataOptions>();
  command->add_option("image", options->image, "A PNG of Diorama, A1111, stable-diffusion.cpp or ComfyUI")
      ->required();
  command->add_flag("--json", options->json, "As JSON");
  command->callback([options] { show(*options); });
}

}  // namespace diorama::cli
