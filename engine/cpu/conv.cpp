#include <cstring>

#include "cpu/kernels.h"
#include "cpu/multiply.h"
#include "cpu/views.h"

namespace diorama::cpu {
namespace {

// What the kernel sees around output pixels, written out as rows of a product (im2col), a block at a time.
class Windows {
 public:
  explicit Windows(const ConvArgs& args)
      : args_(args),
        height_(args.x.dim(1) * args.upsample),
        width_(args.x.dim(2) * args.upsample),
        pixel_bytes_(static_cast<size_t>(args.x.dim(3)) * byte_size(args.x.dtype())) {}

  void write(int64_t first, int64_t rows, std::byte* out) const {
    const int64_t kernel_pixels = int64_t{args_.weight->kernel_h} * args_.weight->kernel_w;
    for (int64_t i = 0; i < rows; ++i, out += static_cast<size_t>(kernel_pixels) * pixel_bytes_)
      write_window(first + i, out);
  }

 private:
  void write_window(int64_t pixel, std::byte* out) const {
    const int64_t out_width = args_.y.dim(2);
    const int64_t out_row = pixel / out_width;
    const int64_t image = out_row / args_.y.dim(1);
    const int64_t top = out_row % args_.y.dim(1) * args_.stride - args_.pad_top;
    const int64_t left = pixel % out_width * args_.stride - args_.pad_left;
    const size_t row_bytes = static_cast<size_t>(args_.weight->kernel_w) * pixel_bytes_;
    const bool whole_rows = args_.upsample == 1 && left >= 0 && left + args_.weight->kernel_w <= width_;
    for (int64_t row = top; row < top + args_.weight->kernel_h; ++row, out += row_bytes) {
      if (row < 0 || row >= height_)
        std::memset(out, 0, row_bytes);
      else if (whole_rows)
        std::memcpy(out, source(image, row, left), row_bytes);
      else
        write_row(image, row, left, out);
    }
  }

  void write_row(int64_t image, int64_t row, int64_t left, std::byte* out) const {
    for (int64_t column = left; column < left + args_.weight->kernel_w; ++column, out += pixel_bytes_) {
      if (column < 0 || column >= width_)
        std::memset(out, 0, pixel_bytes_);
      else
        std::memcpy(out, source(image, row, column), pixel_bytes_);
    }
  }

  // A pixel of the upsampled image.
  const std::byte* source(int64_t image, int64_t row, int64_t column) const {
    const int64_t pixel =
        (image * args_.x.dim(1) + row / args_.upsample) * args_.x.dim(2) + column / args_.upsample;
    return args_.x.data<std::byte>() + static_cast<size_t>(pixel) * pixel_bytes_;
  }

  const ConvArgs& args_;
  int64_t height_, width_;
  size_t pixel_bytes_;
};

bool is_linear(const ConvArgs& args) {
  return args.weight->kernel_h == 1 && args.weight->kernel_w == 1 && args.stride == 1 && args.upsample == 1 &&
         args.y.num_rows() == args.x.num_rows();
}

}  // namespace

void conv(Device& device, const ConvArgs& args) {
  Epilogue epilogue;
  epilogue.bias = floats_of(args.weight->bias);
  epilogue.residual = rows_of(args.residual);
  epilogue.activation = args.activation;
  epilogue.y = mutable_rows_of(args.y);
  RowSource source{.stride = args.weight->k};
  const Windows windows(args);
  if (is_linear(args)) {
    source.provide = [&](int64_t first, int64_t, std::byte*) {
      return from_row(rows_of(args.x), first).data;
    };
  } else {
    source.built = true;
    source.provide = [&](int64_t first, int64_t rows, std::byte* scratch) {
      windows.write(first, rows, scratch);
      return static_cast<const void*>(scratch);
    };
  }
  multiply(device, *args.weight, args.y.num_rows(), epilogue, source);
}

}  // namespace diorama::cpu
