// Products of many rows with a packed matrix, split over the threads of a device.
#pragma once

#include <functional>

#include "cpu/device.h"

namespace diorama::cpu {

// Where rows of x come from, in weight.input. Rows in memory: `provide` returns the first. Built rows: it
// writes K elements a row, side by side, to `scratch` and returns that.
struct RowSource {
  std::function<const void*(int64_t first, int64_t num_rows, std::byte* scratch)> provide;
  int64_t stride = 0;  // elements
  bool built = false;
};

// y = epilogue(x W^T) for rows [0, num_rows).
void multiply(Device& device, const Weight& weight, int64_t num_rows, const Epilogue& epilogue,
              const RowSource& source);

}  // namespace diorama::cpu
