// The recipe in a ComfyUI graph.
#pragma once

#include <string_view>

#include "io/recipe.h"

namespace diorama {

// Of the sampler that the saved picture comes from, the first where several work one after the other, and of
// the nodes its inputs lead to. What stands behind nodes that are not known is left out, and named. `name`
// opens the messages; Fault::file_system where there is no sampler.
Recipe recipe_from_comfyui(std::string_view text, std::string_view name);

}  // namespace diorama
