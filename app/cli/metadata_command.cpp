#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "io/recipe.h"

namespace diorama::cli {
namespace {

struct MetadataOptions {
  std::string image;
  bool json = false;
};

void show(const MetadataOptions& options) {
  const MappedFile file(options.image);
  const auto recipe = read_recipe(read_png_texts(file.bytes(), options.image), options.image);
  if (!recipe) fail(Fault::file_system, "{}: holds no recipe that is known", options.image);
  if (options.json)
    fmt::print("{}\n", to_json(*recipe).dump(2));
  else
    fmt::print("{}\n", to_printable_utf8(parameters_text(*recipe)));
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
