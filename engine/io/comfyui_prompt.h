// A prompt as the conditioning of a ComfyUI graph holds it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/comfyui_values.h"

namespace diorama {

struct ComfyPrompt {
  std::string text;                   // its parts, one after the other
  std::vector<std::string> left_out;  // in words: nodes that change it on the way, texts of other encoders
  std::vector<std::string> unknown;   // types of the nodes behind which there is a part that is not known
};

// From an input of conditioning, or of a text that stands for it. Where a node handles both prompts, `role`
// ("positive" or "negative") is the name of the inputs to be followed.
ComfyPrompt read_prompt(ComfyValues& values, const nlohmann::json* value, std::string_view role);

}  // namespace diorama
