#include <algorithm>
#include <cmath>
#include <vector>

#include "cpu/device.h"
#include "cpu/kernels.h"
#include "cpu/views.h"

namespace diorama::cpu {
namespace {

constexpr int64_t kBlockPixels = 128;  // fp32 sums run this far, double beyond

struct Moments {
  double mean = 0, square = 0;
};

class GroupNorm {
 public:
  GroupNorm(Device& device, const GroupNormArgs& args)
      : device_(device),
        args_(args),
        images_(args.x.dim(0)),
        pixels_(args.x.dim(1) * args.x.dim(2)),
        channels_(args.x.dim(3)),
        blocks_((pixels_ + kBlockPixels - 1) / kBlockPixels) {}

  // The mean first, then the moments about it: both to full fp32 precision, however far from 0 the mean is.
  void run() {
    std::vector<float> center(static_cast<size_t>(images_ * channels_));
    const std::vector<Moments> first = moments_about(center);
    for (size_t i = 0; i < center.size(); ++i) center[i] = static_cast<float>(first[group_of(i)].mean);
    const std::vector<Moments> second = moments_about(center);

    std::vector<float> scale(center.size()), shift(center.size());
    for (size_t i = 0; i < center.size(); ++i) {
      const size_t channel = i % static_cast<size_t>(channels_);
      const auto [mean, square] = second[group_of(i)];
      const double factor =
          floats_of(args_.weight)[channel] / std::sqrt(square - mean * mean + static_cast<double>(args_.eps));
      scale[i] = static_cast<float>(factor);
      shift[i] = static_cast<float>(floats_of(args_.bias)[channel] - mean * factor);
    }
    for_each_block([&](int64_t block, int64_t image, int64_t pixel, int64_t count) {
      static_cast<void>(block);
      const int64_t lane = image * channels_;
      device_.kernels().scale_columns(from_row(rows_of(args_.x), pixel), count, channels_,
                                      center.data() + lane, scale.data() + lane, shift.data() + lane,
                                      args_.activation, from_row(mutable_rows_of(args_.y), pixel));
    });
  }

 private:
  size_t group_of(size_t image_channel) const {
    const auto i = static_cast<int64_t>(image_channel);
    return static_cast<size_t>(i / channels_ * args_.groups + i % channels_ / (channels_ / args_.groups));
  }

  template <typename Visit>
  void for_each_block(Visit visit) const {
#pragma omp parallel for num_threads(device_.threads_for(args_.x.num_elements()))
    for (int64_t block = 0; block < images_ * blocks_; ++block) {
      const int64_t first = block % blocks_ * kBlockPixels;
      visit(block, block / blocks_, block / blocks_ * pixels_ + first,
            std::min(kBlockPixels, pixels_ - first));
    }
  }

  // Of x - center, per (image, group).
  std::vector<Moments> moments_about(const std::vector<float>& center) const {
    std::vector<float> sums(static_cast<size_t>(images_ * blocks_ * channels_)), squares(sums.size());
    for_each_block([&](int64_t block, int64_t image, int64_t pixel, int64_t count) {
      device_.kernels().sum_columns(from_row(rows_of(args_.x), pixel), count, channels_,
                                    center.data() + image * channels_, sums.data() + block * channels_,
                                    squares.data() + block * channels_);
    });
    std::vector<Moments> moments(static_cast<size_t>(images_ * args_.groups));
    const auto block_size = static_cast<size_t>(blocks_ * channels_);
    const double share = static_cast<double>(args_.groups) / static_cast<double>(pixels_ * channels_);
    for (size_t i = 0; i < sums.size(); ++i) {
      const size_t channel = i % static_cast<size_t>(channels_);
      Moments& m = moments[group_of(i / block_size * static_cast<size_t>(channels_) + channel)];
      m.mean += sums[i] * share;
      m.square += squares[i] * share;
    }
    return moments;
  }

  Device& device_;
  const GroupNormArgs& args_;
  int64_t images_, pixels_, channels_, blocks_;
};

}  // namespace

void group_norm(Device& device, const GroupNormArgs& args) {
  GroupNorm(device, args).run();
}

}  // namespace diorama::cpu
