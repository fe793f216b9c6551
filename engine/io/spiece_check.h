#pragma once

#include <string_view>

namespace diorama {

// libsentencepiece follows the character map of a model without looking; false where that would leave the
// map.
bool character_maps_are_safe(std::string_view spiece_model);

}  // namespace diorama
