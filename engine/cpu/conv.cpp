#include <cstring>

#include "cpu/kernels.h"
#include "cpu/multiply.h"

namespace diorama::cpu {
namespace {

// What the kernel sees around output pixels, written out as rows of a product (im2col), a block at a time.
class Windows {
 public:
  explicit Windows(const ConvArgs& args)
      : args_(args),
        x_(floats_of(args.x)),
        height_(args.x.dim(1) * args.upsample),
        width_(args.x.dim(2) * args.upsample),
        channels_(args.x.dim(3)) {}

  RowBlock operator()(int64_t first, int64_t rows, float* scratch) const {
    for (int64_t i = 0; i < rows; ++i) write_window(first + i, scratch + i * args_.weight->k);
    return {scratch, args_.weight->k};
  }

 private:
  void write_window(int64_t pixel, float* out) const {
    const int64_t out_width = args_.y.dim(2);
    const int64_t out_row = pixel / out_width;
    const int64_t image = out_row / args_.y.dim(1);
    const int64_t top = out_row % args_.y.dim(1) * args_.stride - args_.pad_top;
    const int64_t left = pixel % out_width * args_.stride - args_.pad_left;
    for (int64_t row = top; row < top + args_.weight->kernel_h; ++row)
      for (int64_t column = left; column < left + args_.weight->kernel_w; ++column, out += channels_) {
        const bool inside = row >= 0 && row < height_ && column >= 0 && column < width_;
        if (inside)
          std::memcpy(out, source(image, row, column), static_cast<size_t>(channels_) * sizeof(float));
        else
          std::memset(out, 0, static_cast<size_t>(channels_) * sizeof(float));
      }
  }

  // Of the upsampled image.
  const float* source(int64_t image, int64_t row, int64_t column) const {
    const int64_t pixel =
        (image * args_.x.dim(1) + row / args_.upsample) * args_.x.dim(2) + column / args_.upsample;
    return x_ + pixel * channels_;
  }

  const ConvArgs& args_;
  const float* x_;
  int64_t height_, width_, channels_;
};

}  // namespace

void conv(Device& device, const ConvArgs& args) {
  Epilogue epilogue;
  epilogue.bias = floats_of(args.weight->bias);
  epilogue.residual = rows_of(args.residual);
  epilogue.activation = args.activation;
  epilogue.y = mutable_rows_of(args.y);
  multiply(device, *args.weight, args.y.num_rows(), epilogue, Windows(args), kBlockRows * args.weight->k);
}

}  // namespace diorama::cpu
