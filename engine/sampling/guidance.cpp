#include "sampling/guidance.h"

#include <algorithm>
#include <utility>

namespace diorama {

Guidance::Guidance(GuidanceOptions options) : options_(std::move(options)) {
  if (!(options_.scale >= 1 && options_.scale <= 1000))
    fail(Fault::usage, "[guidance] --cfg-scale is {}; it goes from 1 (none) to 1000", options_.scale);
  if (!(options_.begin >= 0 && options_.begin <= options_.end && options_.end <= 1))
    fail(Fault::usage,
         "[guidance] --guidance-interval is {},{}; it is two shares of the run, 0 <= A <= B <= 1",
         options_.begin, options_.end);
}

bool Guidance::acts(int step, int num_steps) const {
  const double middle = (step + 0.5) / num_steps;
  return options_.scale != 1 && middle >= options_.begin && middle <= options_.end;
}

std::vector<Half> Guidance::halves(int step, int num_steps) const {
  return acts(step, num_steps) ? options_.order : std::vector<Half>{Half::conditional};
}

HostTensor Guidance::repeat(const HostTensor& x, size_t halves) {
  Shape shape = x.shape;
  shape[0] *= static_cast<int64_t>(halves);
  HostTensor batch;
  batch.shape = shape;
  batch.values.reserve(x.values.size() * halves);
  for (size_t i = 0; i < halves; ++i)
    batch.values.insert(batch.values.end(), x.values.begin(), x.values.end());
  return batch;
}

HostTensor Guidance::combine(const HostTensor& output, const std::vector<Half>& halves) const {
  if (halves.size() == 1) return output;
  Shape shape = output.shape;
  shape[0] /= 2;
  HostTensor result(shape);
  const size_t size = result.values.size();
  const auto half = [&](Half which) {
    return output.values.begin() + (halves[0] == which ? 0 : static_cast<ptrdiff_t>(size));
  };
  const auto conditional = half(Half::conditional);
  const auto unconditional = half(Half::unconditional);
  const auto plane = static_cast<size_t>(shape.num_elements() / (shape[0] * shape[1]));
  const int64_t guided = options_.guided_channels == 0 ? shape[1] : options_.guided_channels;
  for (size_t i = 0; i < size; ++i) {
    const auto channel = static_cast<int64_t>(i / plane) % shape[1];
    const double c = conditional[i];
    const double u = unconditional[i];
    result.values[i] = static_cast<float>(channel < guided ? u + options_.scale * (c - u) : c);
  }
  return result;
}

}  // namespace diorama
