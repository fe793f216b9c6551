// Products of quantised rows with an integer matrix, split over the threads of a device.
#pragma once

#include "cpu/device.h"

namespace diorama::cpu {

// y = epilogue(x W^T) for x [rows, K] q8; y may be q8 itself.
void multiply_integers(Device& device, const LinearArgs& args, const Epilogue& epilogue);

}  // namespace diorama::cpu
