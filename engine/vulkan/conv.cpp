#include <algorithm>

#include "formats/format.h"
#include "vulkan/kernels.h"
#include "vulkan/product.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kMostPixels = int64_t{1} << 20;  // the kernel divides pixel numbers by way of floats

// Lines of the output, and the lines of the input that they look at, of one image or of all.
struct Lines {
  int64_t first, count, first_in, count_in;
};

Lines lines_of(const ConvArgs& args, int64_t first, int64_t count) {
  const int64_t top = first * args.stride - args.pad_top;
  const int64_t bottom =
      (first + count - 1) * args.stride - args.pad_top + args.weight->kernel_h;  // one past
  const int64_t height = args.x.dim(1) * args.upsample;
  const int64_t first_in = std::clamp<int64_t>(top, 0, height - 1) / args.upsample;
  const int64_t last_in = (std::clamp<int64_t>(bottom, 1, height) - 1) / args.upsample;
  return {first, count, first_in, last_in - first_in + 1};
}

// [images, H, W, C] -> lines of those images (of one image, unless all lines are meant) as rows of pixels.
Tensor pixels(const Tensor& tensor, int64_t image, int64_t images, int64_t first, int64_t count) {
  const int64_t width = tensor.dim(2), channels = tensor.dim(3);
  const Tensor part = tensor.slice(image, images).reshape({images * tensor.dim(1), width * channels});
  return part.slice(first, images == 1 ? count : images * tensor.dim(1))
      .reshape({(images == 1 ? count : images * tensor.dim(1)) * width, channels});
}

ProductParams params_for(const ConvArgs& args, int64_t images, const Lines& lines) {
  ProductParams p{};
  p.rows = static_cast<uint32_t>(images * lines.count * args.y.dim(2));
  p.rows_per_batch = 1;
  p.lines = static_cast<uint32_t>(lines.count);
  p.width = static_cast<uint32_t>(args.y.dim(2));
  p.in_height = static_cast<uint32_t>(args.x.dim(1));
  p.in_width = static_cast<uint32_t>(args.x.dim(2));
  p.channels = static_cast<uint32_t>(args.x.dim(3));
  p.image_size = static_cast<uint32_t>(args.x.dim(1) * args.x.dim(2) * args.x.dim(3));
  p.kernel_width = static_cast<uint32_t>(args.weight->kernel_w);
  p.stride = static_cast<uint32_t>(args.stride);
  p.upsample_shift = args.upsample == 2 ? 1 : 0;
  p.first_line = static_cast<int32_t>(lines.first);
  p.first_in_line = static_cast<int32_t>(lines.first_in);
  p.pad_top = args.pad_top;
  p.pad_left = args.pad_left;
  return p;
}

}  // namespace

void conv(Device& device, const ConvArgs& args) {
  const Weight& weight = *args.weight;
  const int64_t images = args.x.dim(0), height = args.y.dim(1), width = args.y.dim(2),
                channels = args.x.dim(3);
  const bool half = args.x.dtype() == DType::f16 && weight.format == &format_f16();
  const bool wide = channels % 4 == 0 && args.x.byte_offset() % (4 * byte_size(args.x.dtype())) == 0;
  const ProductShape shape{images * height * width, weight.n, true, false, half, wide};
  const auto variants = product_variants(device.caps(), shape);
  const ProductVariant& variant = choose_product(variants, device, shape);

  const auto run = [&](int64_t image, int64_t count_images, const Lines& lines) {
    ProductOperands operands;
    operands.weight = &weight;
    operands.x = pixels(args.x, image, count_images, lines.first_in, lines.count_in);
    operands.y = pixels(args.y, image, count_images, lines.first, lines.count);
    if (args.residual)
      operands.residual = pixels(args.residual, image, count_images, lines.first, lines.count);
    operands.activation = args.activation;
    operands.conv = true;
    run_product(device, variant, operands, params_for(args, count_images, lines));
  };

  const double units = static_cast<double>(width) * static_cast<double>(weight.n * weight.k);
  const size_t line_bytes =
      std::max({static_cast<size_t>(width * weight.n) * 4,
                static_cast<size_t>((args.stride + weight.kernel_h) * args.x.dim(2) * channels) * 4});
  const int64_t band = rows_per_band(device, images * height, Work::product, units, line_bytes);
  if (band >= images * height && shape.rows < kMostPixels) return run(0, images, lines_of(args, 0, height));
  const int64_t most = std::max<int64_t>(1, kMostPixels / width);
  for (int64_t image = 0; image < images; ++image)
    for_each_band(height, std::min({band, most, height}),
                  [&](int64_t first, int64_t count) { run(image, 1, lines_of(args, first, count)); });
}

}  // namespace diorama::vulkan
