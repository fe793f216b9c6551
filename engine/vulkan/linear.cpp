#include <algorithm>

#include "formats/format.h"
#include "formats/w4a8.h"
#include "vulkan/kernels.h"
#include "vulkan/product.h"

namespace diorama::vulkan {
namespace {

bool aligned_to_four(const Tensor& x) {
  return x.row_stride() % 4 == 0 && x.byte_offset() % (4 * byte_size(x.dtype())) == 0 &&
         x.shape().last() % 4 == 0;
}

uint32_t group_words(const Weight& weight) {
  return weight.format == &w4a8::kFormat ? static_cast<uint32_t>(w4a8::Layout(weight.k).group / 4) : 0;
}

}  // namespace

void linear(Device& device, const LinearArgs& args) {
  const Weight& weight = *args.weight;
  const Tensor x = as_matrix(args.x);
  const Tensor y = as_matrix(args.y);
  const bool half = x.dtype() == DType::f16 && weight.format == &format_f16();
  const bool vectors = args.x.shape().rank() <= 2;
  const bool integer = weight.format->integer();
  const ProductShape shape{.rows = x.num_rows(),
                           .columns = weight.n,
                           .conv = false,
                           .vectors = vectors,
                           .half = half,
                           .wide_x = aligned_to_four(x),
                           .integer = integer,
                           .group = group_words(weight)};
  const auto variants = product_variants(device.caps(), shape);
  const ProductVariant& variant = choose_product(variants, device, shape);

  const double units = static_cast<double>(weight.n) * static_cast<double>(weight.k);
  const size_t widest = std::max({row_bytes(x), row_bytes(y), static_cast<size_t>(weight.n) * sizeof(float)});
  const int64_t band = rows_per_band(device, shape.rows, Work::product, units, widest, variant.rows);
  for_each_band(shape.rows, band, [&](int64_t first, int64_t count) {
    ProductOperands operands{&weight, x.slice(first, count), args.gate,
                             {},      y.slice(first, count), args.activation};
    if (args.residual) operands.residual = as_matrix(args.residual).slice(first, count);
    ProductParams p{};
    p.rows = static_cast<uint32_t>(count);
    p.x_stride = static_cast<uint32_t>(integer ? x.row_stride() / 4 : x.row_stride());
    p.first_row = static_cast<uint32_t>(first);
    p.rows_per_batch = args.gate ? static_cast<uint32_t>(args.x.dim(1)) : 1;
    run_product(device, variant, operands, p);
  });
}

}  // namespace diorama::vulkan
