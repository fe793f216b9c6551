// What other programs write into their pictures, as far as it goes: what is not known, or means nothing to
// Diorama, is left out of the recipe and named in it.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "io/recipe.h"

namespace diorama {

// The text of A1111 and its kin, which is also where SwarmUI and Fooocus keep JSON; of InvokeAI; of ComfyUI.
inline constexpr std::array<std::string_view, 4> kForeignKeywords{"parameters", "invokeai_metadata",
                                                                  "sd-metadata", "prompt"};

// From the first of these texts that can be read, in the order of the keywords. None where there is none of
// them; Fault::file_system where there are and none can be read.
std::optional<Recipe> read_foreign_recipe(std::span<const PngText> texts, std::string_view name);

}  // namespace diorama
