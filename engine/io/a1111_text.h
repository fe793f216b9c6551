// The text of A1111's web UI, which many programs write: the prompt, "Negative prompt: ..", and a line of
// settings, "Steps: 20, Sampler: Euler, ..".
#pragma once

#include <string_view>

#include "io/recipe.h"

namespace diorama {

// Reads what A1111, Forge, SD.Next, Fooocus and stable-diffusion.cpp write, with the settings in any order.
// A text without settings is a prompt.
Recipe recipe_from_parameters(std::string_view text);

}  // namespace diorama
