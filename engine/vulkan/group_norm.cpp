#include <algorithm>

#include "kernel_params.h"
#include "vulkan/call.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kMostChunks = 256;      // of an image: the partial sums are joined one after the other
constexpr int64_t kGroupsAtOnce = 32;     // threads of group_norm_chunks.comp and group_norm_join.comp
constexpr int64_t kValuesPerGroup = 256;  // group_norm_apply.comp

// Chunks depend on the shape alone, so that the order of the sums does too.
class GroupNorm {
 public:
  GroupNorm(Device& device, const GroupNormArgs& args)
      : device_(device),
        args_(args),
        pixels_(args.x.dim(1) * args.x.dim(2)),
        chunk_(ceil_div(pixels_, std::min(pixels_, kMostChunks))),
        chunks_(ceil_div(pixels_, chunk_)) {
    const int64_t moments = args.x.dim(0) * args.groups * chunks_;
    const auto bytes = static_cast<size_t>(moments) * 4 * sizeof(float);
    moments_ = Tensor({device.allocate(bytes), 0, nullptr}, {moments, 4}, DType::f32);
  }

  void run() {
    for (int64_t image = 0; image < args_.x.dim(0); ++image) measure(image);
    join();
    for (int64_t image = 0; image < args_.x.dim(0); ++image) apply(image);
  }

 private:
  static Tensor pixels_of(const Tensor& x, int64_t image) {
    return x.slice(image, 1).reshape({x.dim(1) * x.dim(2), x.dim(3)});
  }

  GroupNormParams params(int64_t image, int64_t pixels) const {
    GroupNormParams p{};
    p.pixels = static_cast<uint32_t>(pixels);
    p.channels = static_cast<uint32_t>(args_.x.dim(3));
    p.groups = static_cast<uint32_t>(args_.groups);
    p.images = static_cast<uint32_t>(args_.x.dim(0));
    p.first_image = static_cast<uint32_t>(image);
    p.chunk = static_cast<uint32_t>(chunk_);
    p.chunks = static_cast<uint32_t>(chunks_);
    p.eps = args_.eps;
    return p;
  }

  int64_t band(const Tensor& widest, int64_t multiple) const {
    return rows_per_band(device_, pixels_, Work::elements, static_cast<double>(args_.x.dim(3)),
                         row_bytes(widest), multiple);
  }

  void measure(int64_t image) {
    const Tensor x = pixels_of(args_.x, image);
    for_each_band(pixels_, band(x, chunk_), [&](int64_t first, int64_t count) {
      Call call(device_, {KernelId::group_norm_chunks, {type_id(x)}});
      GroupNormParams p = params(image, count);
      p.first_chunk = static_cast<uint32_t>(first / chunk_);
      p.x = call.bind(x.slice(first, count));
      call.bind(moments_);
      call.run(p, {ceil_div(args_.groups, kGroupsAtOnce), ceil_div(count, chunk_), 1}, Work::elements,
               static_cast<double>(count * args_.x.dim(3)));
    });
  }

  void join() {
    Call call(device_, {KernelId::group_norm_join, {}});
    call.bind(moments_);
    call.run(params(0, pixels_), {ceil_div(args_.x.dim(0) * args_.groups, kGroupsAtOnce), 1, 1},
             Work::elements, static_cast<double>(moments_.num_rows()));
  }

  void apply(int64_t image) {
    const Tensor x = pixels_of(args_.x, image);
    const Tensor y = pixels_of(args_.y, image);
    for_each_band(pixels_, band(row_bytes(x) > row_bytes(y) ? x : y, 1), [&](int64_t first, int64_t count) {
      Call call(device_, {KernelId::group_norm_apply,
                          {type_id(x), type_id(y), static_cast<uint32_t>(args_.activation)}});
      GroupNormParams p = params(image, count);
      p.x = call.bind(x.slice(first, count));
      call.bind(moments_);
      p.weight = call.bind(args_.weight);
      p.bias = call.bind(args_.bias);
      p.y = call.bind(y.slice(first, count));
      const int64_t groups = ceil_div(count * args_.x.dim(3), kValuesPerGroup);
      const int64_t across = std::min<int64_t>(groups, 4096);
      call.run(p, {across, ceil_div(groups, across), 1}, Work::elements,
               static_cast<double>(count * args_.x.dim(3)));
    });
  }

  Device& device_;
  const GroupNormArgs& args_;
  int64_t pixels_;  // of an image
  int64_t chunk_;   // pixels
  int64_t chunks_;  // of an image
  Tensor moments_;
};

}  // namespace

void group_norm(Device& device, const GroupNormArgs& args) {
  GroupNorm(device, args).run();
}

}  // namespace diorama::vulkan
