#pragma once

#include <string_view>

namespace diorama {

// libsentencepiece follows the character map of a model (what the normaliser writes for what it reads)
// without looking. False where that would leave the map or the library's own tables, or where one character
// would become a text. Linear in the map.
bool character_map_is_safe(std::string_view map);

}  // namespace diorama
