#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/say.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "io/picture_texts.h"
#include "sampling/registry.h"

namespace diorama::cli {
namespace {

struct MetadataOptions {
  std::string image;
  bool json = false;
};

// With the sampler among what is left out, where Diorama has none by its name.
Recipe with_sampler_looked_up(Recipe recipe) {
  const auto is_it = [&](const Sampler& sampler) { return sampler.name == recipe.sampler; };
  if (!recipe.sampler.empty() && std::ranges::none_of(samplers(), is_it))
    recipe.left_out.insert(recipe.left_out.begin(), "sampler " + recipe.sampler);
  return recipe;
}

void show(const MetadataOptions& options) {
  const std::string file = read_picture_file(options.image);
  const auto found = recipe_in_picture(std::as_bytes(std::span(file)), options.image);
  if (!found) fail(Fault::file_system, "{}: holds no recipe that is known", options.image);
  const Recipe recipe = with_sampler_looked_up(*found);
  if (options.json) {
    say(stdout, "{}\n", json_text(to_json(recipe), 2));
    return;
  }
  const std::string text = parameters_text(recipe);
  say(stdout, "{}\n", text.substr(std::min(text.find_first_not_of('\n'), text.size())));
  if (!recipe.left_out.empty())
    say(stderr, "note: {}: Diorama has no use for, or cannot read: {}\n", options.image,
        fmt::join(recipe.left_out, "; "));
}

}  // namespace

void add_metadata_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand("metadata", "Show the recipe in a picture");
  const auto options = std::make_shared<MetadataOptions>();
  command
      ->add_option("image", options->image,
                   "A PNG, JPEG or WebP of Diorama, A1111, Forge, SD.Next, SwarmUI, Fooocus, InvokeAI, "
                   "stable-diffusion.cpp or ComfyUI")
      ->required();
  command->add_flag("--json", options->json, "As JSON, with what is left out under left_out");
  command->callback([options] { show(*options); });
}

}  // namespace diorama::cli
