// The methods there are, outermost first: the order in which they see a site, whatever a plan's own.
#pragma once

#include <span>
#include <string_view>

#include "accelerate/method.h"

namespace diorama::accelerate {

std::span<const Method* const> methods();

// Null where there is none of the name.
const Method* find_method(std::string_view name);

}  // namespace diorama::accelerate
