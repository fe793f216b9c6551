#include "vulkan/product.h"

#include <algorithm>

#include "vulkan/packed_matrix.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kVectorRows = 8;      // of a workgroup of linear_vector
constexpr int64_t kEnoughGroups = 128;  // workgroups that keep a large GPU busy

ProductVariant lanes(const Caps& caps, uint32_t rows) {
  const uint32_t lanes = caps.subgroup_size;
  return {
      fmt::format("linear_lanes_{}", rows), KernelId::linear_lanes, rows, lanes * 4, {lanes, rows}, 0, lanes};
}

ProductVariant vector(uint32_t rows) {
  return {"linear_vector", KernelId::linear_vector, rows, 32, {rows}, 32 * 8 * 16, 256};
}

ProductVariant tiled(const ProductShape& shape, uint32_t bm, uint32_t bn, uint32_t bk, uint32_t tm,
                     uint32_t tn) {
  const uint32_t threads = (bm / tm) * (bn / tn);
  const uint32_t value_bytes = shape.half ? 2 : 4;
  return {fmt::format("linear_tiled_{}x{}x{}", bm, bn, bk),
          shape.half ? KernelId::linear_tiled_f16 : KernelId::linear_tiled,
          bm,
          bn,
          {threads, bm, bn, bk, tm, tn, shape.wide_x ? 1u : 0u},
          (bm * (bk + 4) + bk * bn) * value_bytes + (bm / tm) * bn * 4,
          threads};
}

// Eight words of K: of 4-bit codes four loads. The faster arithmetic comes first, the other for who asks for
// it.
ProductVariant integer_tiled(const ProductShape& shape, bool dot, uint32_t bm, uint32_t bn, uint32_t tm,
                             uint32_t tn) {
  constexpr uint32_t kDepth = 8;
  const uint32_t threads = (bm / tm) * (bn / tn);
  return {fmt::format("linear_integer{}_{}x{}", dot ? "_dot" : "", bm, bn),
          dot ? KernelId::linear_integer_dot : KernelId::linear_integer,
          bm,
          bn,
          {threads, bm, bn, kDepth, tm, tn, shape.group},
          (bm * (kDepth + 1) + kDepth * bn) * 4,
          threads};
}

std::vector<ProductVariant> integer_variants(const Caps& caps, const ProductShape& shape) {
  std::vector<ProductVariant> variants;
  for (const bool dot : {caps.dot_product_fast, !caps.dot_product_fast}) {
    if (dot && !caps.dot_product) continue;
    for (const auto& [size, each] : {std::pair<uint32_t, uint32_t>{128, 8}, {64, 8}, {32, 4}})
      variants.push_back(integer_tiled(shape, dot, size, size, each, each));
  }
  return variants;
}

std::vector<ProductVariant> float_variants(const Caps& caps, const ProductShape& shape) {
  std::vector<ProductVariant> variants;
  if (caps.is_cpu() && caps.subgroup_shuffle) {
    if (shape.rows <= 4) variants.push_back(lanes(caps, 4));
    variants.push_back(lanes(caps, 16));
  }
  if (!shape.conv) variants.push_back(vector(static_cast<uint32_t>(std::min(shape.rows, kVectorRows))));
  variants.push_back(tiled(shape, 128, 128, 16, 8, 8));
  variants.push_back(tiled(shape, 64, 64, 16, 8, 8));
  variants.push_back(tiled(shape, 32, 32, 16, 4, 4));
  return variants;
}

bool enough_groups(const ProductVariant& variant, const ProductShape& shape) {
  return ceil_div(shape.rows, variant.rows) * ceil_div(shape.columns, variant.columns) >= kEnoughGroups;
}

}  // namespace

std::vector<ProductVariant> product_variants(const Caps& caps, const ProductShape& shape) {
  std::vector<ProductVariant> variants =
      shape.integer ? integer_variants(caps, shape) : float_variants(caps, shape);
  std::erase_if(variants, [&](const ProductVariant& variant) {
    return variant.threads > caps.max_invocations || variant.shared_bytes > caps.shared_bytes;
  });
  return variants;
}

// Tiles grow smaller until there are enough of them. linear_vector sums in another order than the rest, so it
// is chosen by what the rows are, never by how many: the same row gives the same bytes in any batch.
const ProductVariant& choose_product(const std::vector<ProductVariant>& variants, const Device& device,
                                     const ProductShape& shape) {
  for (const ProductVariant& variant : variants)
    if (device.prefers(variant.name)) return variant;
  const auto end = std::ranges::find_if(variants, [&](const ProductVariant& variant) {
    return shape.integer && variant.kernel != variants.front().kernel;
  });
  for (auto variant = variants.begin(); variant != end; ++variant) {
    if (variant->kernel == KernelId::linear_lanes) return *variant;
    if (variant->kernel == KernelId::linear_vector ? shape.vectors : enough_groups(*variant, shape))
      return *variant;
  }
  return *std::prev(end);
}

PipelineKey product_pipeline(const ProductVariant& variant, const ProductTraits& traits) {
  PipelineKey key{variant.kernel,
                  {type_id(traits.x), static_cast<uint32_t>(traits.weight->shader_id), type_id(traits.y),
                   static_cast<uint32_t>(traits.activation), traits.bias, traits.gate, traits.residual,
                   traits.conv, type_id(traits.residual_type)}};
  key.constants.insert(key.constants.end(), variant.constants.begin(), variant.constants.end());
  return key;
}

void run_product(Device& device, const ProductVariant& variant, const ProductOperands& operands,
                 ProductParams params) {
  const Weight& weight = *operands.weight;
  const auto& packed = static_cast<const PackedMatrix&>(*weight.packed);
  const PipelineKey pipeline = product_pipeline(variant, {.x = operands.x.dtype(),
                                                          .y = operands.y.dtype(),
                                                          .residual_type = operands.residual.dtype(),
                                                          .weight = weight.format,
                                                          .activation = operands.activation,
                                                          .bias = static_cast<bool>(weight.bias),
                                                          .gate = static_cast<bool>(operands.gate),
                                                          .residual = static_cast<bool>(operands.residual),
                                                          .conv = operands.conv});

  const size_t panel_bytes = packed_bytes(*weight.format, kPanelColumns, weight.k);
  const Caps& caps = device.caps();
  const auto most_panels =
      static_cast<int64_t>((caps.max_binding_bytes - caps.binding_alignment) / panel_bytes);
  require(most_panels > 0, "[linear] {}: {} columns exceed a binding", weight.name, kPanelColumns);
  for_each_band(weight.n, most_panels * kPanelColumns, [&](int64_t first, int64_t count) {
    Call call(device, pipeline);
    ProductParams p = params;
    const auto first_column = static_cast<uint32_t>(first);
    p.columns = static_cast<uint32_t>(count);
    const bool integer = weight.format->integer();
    p.k = static_cast<uint32_t>(integer ? padded_codes(weight.k) / 4 : weight.k);
    p.x += call.bind(operands.x) / (integer ? 4 : 1);
    call.bind_bytes(*packed.buffer,
                    static_cast<size_t>((weight.first_row + first) / kPanelColumns) * panel_bytes,
                    static_cast<size_t>(ceil_div(count, kPanelColumns)) * panel_bytes);
    p.bias = call.bind_optional(weight.bias) + first_column;
    p.gate = call.bind_optional(operands.gate) + first_column;
    p.gate_stride = operands.gate ? static_cast<uint32_t>(operands.gate.row_stride()) : 0;
    p.residual = call.bind_optional(operands.residual) + first_column;
    p.y = call.bind(operands.y) + first_column;
    p.y_stride = static_cast<uint32_t>(weight.n);
    call.run(p, {ceil_div(count, variant.columns), ceil_div(p.rows, variant.rows), 1}, Work::product,
             static_cast<double>(p.rows) * static_cast<double>(count * weight.k));
  });
}

}  // namespace diorama::vulkan
