#include "cpu/kernels.h"
#include "ops/dispatch.h"
#include "ops/ops.h"
#include "vulkan/kernels.h"

namespace diorama::ops {
namespace {

void check(const char* op, const PatchArgs& args) {
  const Shape& image = args.image.shape();
  const int64_t p = args.patch;
  require(image.rank() == 4 && p > 0 && image[2] % p == 0 && image[3] % p == 0 &&
              args.tokens.shape() == Shape({image[0], (image[2] / p) * (image[3] / p), p * p * image[1]}),
          "[{}] image {}, tokens {}, patch {}", op, image.to_string(), args.tokens.shape().to_string(), p);
  require(args.image.dtype() == DType::f32, "[{}] the image is f32", op);
}

}  // namespace

void patchify(Stream& stream, const PatchArgs& args) {
  check("patchify", args);
  dispatch(stream, args, cpu::patchify, vulkan::patchify);
}

void unpatchify(Stream& stream, const PatchArgs& args) {
  check("unpatchify", args);
  dispatch(stream, args, cpu::unpatchify, vulkan::unpatchify);
}

}  // namespace diorama::ops
