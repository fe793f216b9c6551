#pragma once

#include <span>
#include <string>
#include <string_view>

namespace diorama {

// "; did you mean WORD?" with the word of `known` that `typed` most probably stands for, by the letters that
// have to be changed, added, removed or exchanged; empty where none is near. Upper and lower case are the
// same.
std::string did_you_mean(std::string_view typed, std::span<const std::string> known);
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known);

}  // namespace diorama
