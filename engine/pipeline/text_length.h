#pragma once

#include "io/model_folder.h"
#include "io/tokenizer.h"

namespace diorama {

// How many tokens of a prompt the model's text encoder reads, the end token included: as diffusers' pipeline
// of the family does.
int text_length(const ModelFolder& folder, const Tokenizer& tokenizer);

}  // namespace diorama
