// Settings as other programs write them, put into a recipe. A value that is none is left out, and said to be.
#pragma once

#include <string_view>

#include "io/recipe.h"

namespace diorama {

// Adds a few words to what the recipe leaves out: once, shortened, and not without end.
void leave_out(Recipe& recipe, std::string_view what);

// Each takes a value in decimal; an empty one says nothing.
void take_seed(Recipe& recipe, std::string_view value);
void take_steps(Recipe& recipe, std::string_view value);
void take_cfg_scale(Recipe& recipe, std::string_view value);
void take_shift(Recipe& recipe, std::string_view value);
void take_eta(Recipe& recipe, std::string_view value);
void take_size(Recipe& recipe, std::string_view width, std::string_view height);
// "768x512" or "(768, 512)".
void take_size(Recipe& recipe, std::string_view value);

// A sampler by any of its names; one that Diorama lacks keeps its name. Noise levels of its own, in the name
// or beside it, are left out.
void take_sampler(Recipe& recipe, std::string_view sampler, std::string_view noise_levels);

// Leaves out what steers the models of other programs from within their prompts: "<lora:name:1>" and
// "(word:1.2)" are words like others here.
void leave_out_prompt_syntax(Recipe& recipe);

}  // namespace diorama
