// What a network's output says about a noisy latent, by the quantity it was trained to predict.
#pragma once

#include "sampling/schedule.h"
#include "tensor/host_tensor.h"

namespace diorama {

enum class Prediction {
  epsilon,  // the noise
  sample,   // x0
  v,        // alpha * noise - sigma * x0 (Salimans & Ho 2022)
  flow,     // noise - x0
};

HostTensor predict_x0(Prediction, const NoiseLevel&, const HostTensor& x, const HostTensor& output);
HostTensor predict_noise(Prediction, const NoiseLevel&, const HostTensor& x, const HostTensor& output);

}  // namespace diorama
