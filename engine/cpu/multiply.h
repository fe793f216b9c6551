// Splits a product over the threads of a device.
#pragma once

#include <functional>

#include "cpu/device.h"

namespace diorama::cpu {

// Rows of x, as one block of a product reads them: `rows` of them from `first`, possibly built in `scratch`.
struct RowBlock {
  const float* x;
  int64_t stride;
};
using ProvideRows = std::function<RowBlock(int64_t first, int64_t rows, float* scratch)>;

// y = epilogue(x W^T) for rows [0, num_rows); `provide_scratch` floats belong to `provide` in each thread.
void multiply(Device& device, const Weight& weight, int64_t num_rows, const Epilogue& epilogue,
              const ProvideRows& provide, int64_t provide_scratch = 0);

}  // namespace diorama::cpu
