// Configurations that were published, by name, for `bench --config`; weights are drawn.
#pragma once

#include <string_view>

#include "base/json_config.h"

namespace diorama {

// A transformer's config.json: "dit-xl-2-256", "pixart-xl-2-256", ...; Fault::usage with the known names.
Config published_config(std::string_view name);

}  // namespace diorama
