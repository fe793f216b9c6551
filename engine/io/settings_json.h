// Settings in JSON, as SwarmUI, Fooocus and InvokeAI write them into their pictures.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "io/recipe.h"

namespace diorama {

// None where the keys are of no such program.
std::optional<Recipe> recipe_from_settings(const nlohmann::json& settings);

}  // namespace diorama
