#include "kernel_params.h"
#include "vulkan/call.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kColumnsPerGroup = 64;  // patch.comp

void move_patches(Device& device, const PatchArgs& args, bool to_tokens) {
  const Shape& image = args.image.shape();
  const uint32_t channel_fastest = args.order == PatchOrder::channel_fastest ? 1 : 0;
  Call call(device, {KernelId::patch, {type_id(args.tokens), to_tokens ? 1u : 0u, channel_fastest}});
  PatchParams p{};
  p.channels = static_cast<uint32_t>(image[1]);
  p.height = static_cast<uint32_t>(image[2]);
  p.width = static_cast<uint32_t>(image[3]);
  p.patch_size = static_cast<uint32_t>(args.patch);
  p.image = call.bind(args.image);
  p.tokens = call.bind(args.tokens);
  call.run(p, {ceil_div(image[3], kColumnsPerGroup), image[1] * image[2], image[0]}, Work::elements,
           static_cast<double>(image.num_elements()));
}

}  // namespace

void patchify(Device& device, const PatchArgs& args) {
  move_patches(device, args, true);
}
void unpatchify(Device& device, const PatchArgs& args) {
  move_patches(device, args, false);
}

}  // namespace diorama::vulkan
