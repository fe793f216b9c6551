#include "sampling/prediction.h"

#include "sampling/latent_math.h"

namespace diorama {

HostTensor predict_x0(Prediction prediction, const NoiseLevel& level, const HostTensor& x,
                      const HostTensor& output) {
  const auto [alpha, sigma] = level;
  switch (prediction) {
    case Prediction::epsilon:
      return weighted_sum(1 / alpha, x, -sigma / alpha, output);
    case Prediction::sample:
      return output;
    case Prediction::v:
      return weighted_sum(alpha, x, -sigma, output);
    case Prediction::flow:
      return weighted_sum(1, x, -sigma, output);
  }
  fail(Fault::internal, "[prediction] unknown kind");
}

HostTensor predict_noise(Prediction prediction, const NoiseLevel& level, const HostTensor& x,
                         const HostTensor& output) {
  const auto [alpha, sigma] = level;
  switch (prediction) {
    case Prediction::epsilon:
      return output;
    case Prediction::sample:
      return weighted_sum(1 / sigma, x, -alpha / sigma, output);
    case Prediction::v:
      return weighted_sum(sigma, x, alpha, output);
    case Prediction::flow:
      return weighted_sum(1, x, alpha, output);
  }
  fail(Fault::internal, "[prediction] unknown kind");
}

}  // namespace diorama
