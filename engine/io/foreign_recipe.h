// What other programs write into their pictures, as far as it goes: unknown keys are passed over, missing
// ones keep their defaults.
#pragma once

#include <string>
#include <string_view>

#include "io/recipe.h"

namespace diorama {

// "dpmpp-2m" <-> "DPM++ 2M", "dpmpp_2m", ..; names of samplers Diorama lacks stay as they are.
std::string foreign_sampler_name(std::string_view sampler);
std::string own_sampler_name(std::string_view foreign);

// The text of A1111's web UI and of stable-diffusion.cpp: prompt, "Negative prompt: ..", "Steps: .., Sampler:
// .., ..".
Recipe recipe_from_parameters(std::string_view text);

// ComfyUI's graph: the first sampler node and the nodes its inputs lead to. Fault::file_system where there is
// none.
Recipe recipe_from_comfyui(std::string_view text, std::string_view name);

}  // namespace diorama
