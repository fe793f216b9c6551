#pragma once

#include <span>

namespace diorama {

// ||got - expected|| / ||expected||, in double precision; 0 where nothing is expected.
double relative_l2(std::span<const float> got, std::span<const float> expected);

}  // namespace diorama
