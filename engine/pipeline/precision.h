// Which weight format each network gets.
#pragma once

#include <string>
#include <string_view>

#include "formats/format.h"
#include "io/model_folder.h"
#include "tensor/device.h"

namespace diorama {

struct Precision {
  const Format* transformer = &format_f32();
  const Format* text_encoder = &format_f32();
  const Format* autoencoder = &format_f32();
  std::string name = "f32";  // as it stands in a recipe
};

// "auto" is bf16 where the processor multiplies bf16, f16 on a GPU that has it, else f32. Fault::usage where
// the name is unknown.
Precision choose_precision(std::string_view name, const Device& device);
// The same for a model that may be quantised: "auto" is then what its folder says, and nothing else will do.
Precision choose_precision(std::string_view name, const Device& device, const ModelFolder& folder);

// The integer format of a quantised folder (diorama.json), or null.
const Format* quantised_format(const ModelFolder& folder);

}  // namespace diorama
