#include "study/input_sampler.h"

#include <algorithm>
#include <cmath>

#include "nn/walk.h"

namespace diorama {

Tensor InputSampler::linear(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Linear& next) {
  if (walk.stream().planning()) return next(x);
  quant::LayerInputs& seen = inputs_[site.path];
  const HostTensor values = walk.stream().download(x);
  const int64_t k = x.dim(-1);
  const int64_t rows = x.num_rows();
  seen.largest.resize(static_cast<size_t>(k), 0.0f);
  for (size_t i = 0; i < values.values.size(); ++i) {
    float& largest = seen.largest[i % static_cast<size_t>(k)];
    largest = std::max(largest, std::abs(values.values[i]));
  }
  // Every layer gives the same share of its rows each time, other ones each time.
  const int64_t wanted = std::min((rows_ + evaluations_ - 1) / evaluations_, rows_ - seen.rows);
  const int64_t taken = std::min(wanted, rows);
  for (int64_t i = 0; i < taken; ++i) {
    const int64_t row = (i * rows / taken + seen.rows * 7) % rows;
    seen.samples.insert(seen.samples.end(), values.values.begin() + row * k,
                        values.values.begin() + (row + 1) * k);
  }
  seen.rows += taken;
  return next(x);
}

quant::LayerInputs InputSampler::take(const std::string& path) {
  const auto found = inputs_.find(path);
  if (found == inputs_.end()) return {};
  quant::LayerInputs inputs = std::move(found->second);
  inputs_.erase(found);
  return inputs;
}

}  // namespace diorama
