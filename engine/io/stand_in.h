#pragma once

#include <string_view>

namespace diorama {

// What people get where they asked for a large file, by how it begins: "a Git LFS pointer; ..", with the way
// out. Empty where it is neither that nor a web page.
std::string_view describe_stand_in(std::string_view beginning);

}  // namespace diorama
