#pragma once

#include <string>
#include <string_view>

namespace diorama {

// What diffusers' PixArt pipelines do without caption cleaning: lower case, no white space at the ends.
// Unicode's mappings, except that a capital sigma becomes σ also at the end of a word. The result is valid
// UTF-8.
std::string normalise_prompt(std::string_view prompt);

}  // namespace diorama
