#include "base/half.h"
#include "cpu/device.h"
#include "cpu/kernels.h"

namespace diorama::cpu {
namespace {

float read(const Tensor& tensor, int64_t i) {
  if (tensor.dtype() == DType::f32) return tensor.data<float>()[i];
  const uint16_t bits = tensor.data<uint16_t>()[i];
  return tensor.dtype() == DType::f16 ? f16_to_f32(bits) : bf16_to_f32(bits);
}

void write(const Tensor& tensor, int64_t i, float value) {
  if (tensor.dtype() == DType::f32)
    tensor.data<float>()[i] = value;
  else
    tensor.data<uint16_t>()[i] = tensor.dtype() == DType::f16 ? f32_to_f16(value) : f32_to_bf16(value);
}

// Calls visit(pixel of the image, element of the tokens) for every pair.
template <typename Visit>
void for_each_pixel(Device& device, const PatchArgs& args, Visit visit) {
  const int64_t channels = args.image.dim(1);
  const int64_t height = args.image.dim(2);
  const int64_t width = args.image.dim(3);
  const int64_t p = args.patch;
  const int64_t across = width / p;
  const bool channel_slowest = args.order == PatchOrder::channel_slowest;
#pragma omp parallel for num_threads(device.threads_for(args.image.num_elements()))
  for (int64_t plane = 0; plane < args.image.dim(0) * channels; ++plane)
    for (int64_t y = 0; y < height; ++y)
      for (int64_t x = 0; x < width; ++x) {
        const int64_t token = (plane / channels * (height / p) + y / p) * across + x / p;
        const int64_t inside = y % p * p + x % p;
        const int64_t channel = plane % channels;
        const int64_t element = channel_slowest ? channel * p * p + inside : inside * channels + channel;
        visit((plane * height + y) * width + x, token * args.tokens.row_stride() + element);
      }
}

}  // namespace

void patchify(Device& device, const PatchArgs& args) {
  const float* image = args.image.data<float>();
  for_each_pixel(device, args,
                 [&](int64_t pixel, int64_t element) { write(args.tokens, element, image[pixel]); });
}

void unpatchify(Device& device, const PatchArgs& args) {
  float* image = args.image.data<float>();
  for_each_pixel(device, args,
                 [&](int64_t pixel, int64_t element) { image[pixel] = read(args.tokens, element); });
}

}  // namespace diorama::cpu
