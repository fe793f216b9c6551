#pragma once

#include <string_view>

namespace diorama {

// What people get where they asked for a file, by how it begins: "a Git LFS pointer, ..", "a web page, ..",
// with the way out. Empty where it is none of those. `beginning` may be the whole file.
std::string_view describe_stand_in(std::string_view beginning);

}  // namespace diorama
