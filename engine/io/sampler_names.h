// The names that programs give to the same sampler.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace diorama {

// As A1111's web UI calls it: "dpmpp-2m" is "DPM++ 2M". Names of samplers that Diorama lacks stay as they
// are.
std::string foreign_sampler_name(std::string_view sampler);

// As Diorama calls what others write as "DPM++ 2M", "dpmpp_2m" or, with its noise levels, "DPM++ 2M Karras".
// Names of samplers that Diorama lacks stay as they are.
std::string own_sampler_name(std::string_view foreign);

// The noise levels that such a name ends in, or that it is a name of: "Karras". Empty: the usual ones; none:
// it names none.
std::optional<std::string> noise_levels_in(std::string_view foreign);

}  // namespace diorama
