// What the search measured, as a picture.
#pragma once

#include <string>

#include "study/tune.h"

namespace diorama {

// An SVG of saved work against PSNR and SSIM on the tuning prompts: the front of every method alone, of
// methods combined, and of plainly fewer steps.
std::string plot_of(const TuneReport& report, const std::string& title);

}  // namespace diorama
