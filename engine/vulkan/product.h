// Private: what linear and conv share. Both are y[rows, N] = x[rows, K] w, a convolution gathers its x.
#pragma once

#include <string>

#include "formats/format.h"
#include "kernel_params.h"
#include "tensor/kernel_args.h"
#include "vulkan/call.h"

namespace diorama::vulkan {

// One way to run a product.
struct ProductVariant {
  std::string name;  // shaders/README.md
  KernelId kernel;
  uint32_t rows, columns;           // of a workgroup
  std::vector<uint32_t> constants;  // after those of shaders/include/product.glsl
  uint32_t shared_bytes, threads;
};

struct ProductShape {
  int64_t rows, columns;
  bool conv;
  bool vectors;  // each row is a thing of its own (modulation), not one of many tokens
  bool half;     // x and weights are f16
  bool wide_x;   // four values of x may be read at a time
  // Integer weights; of 4-bit ones a scale's share of K in words of four.
  bool integer = false;
  uint32_t group = 0;
};

const ProductVariant& choose_product(const std::vector<ProductVariant>& variants, const Device& device,
                                     const ProductShape& shape);
// All that this device can run on some shape.
std::vector<ProductVariant> product_variants(const Caps& caps, const ProductShape& shape);

// The pipeline of a variant for these types and parts of a product.
struct ProductTraits {
  DType x = DType::f32, y = DType::f32, residual_type = DType::f32;
  const Format* weight = nullptr;
  Activation activation = Activation::none;
  bool bias = false, gate = false, residual = false, conv = false;
};
PipelineKey product_pipeline(const ProductVariant& variant, const ProductTraits& traits);

struct ProductOperands {
  const Weight* weight = nullptr;
  Tensor x, gate, residual, y;  // of one band; rows are contiguous in y
  Activation activation = Activation::none;
  bool conv = false;
};

// Runs one band. `params` says where rows of x begin; the rest is filled in. Weights wider than a binding are
// cut.
void run_product(Device& device, const ProductVariant& variant, const ProductOperands& operands,
                 ProductParams params);

}  // namespace diorama::vulkan
