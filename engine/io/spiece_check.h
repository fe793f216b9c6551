// spiece.model, a protocol buffer from strangers. libsentencepiece ends the program, fills its stack or takes
// minutes over many that are broken, so that it is only given what was read here first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace diorama {

// The model in the library's own format, with the fields that tokenising uses and nothing else. `where` opens
// the messages; `most_pieces` is the vocabulary of the text encoder, if that is known. Fault::model_file.
std::string checked_spiece_model(std::string_view file, std::string_view where,
                                 std::optional<int> most_pieces = {});

}  // namespace diorama
