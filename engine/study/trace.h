// Runs one network on given inputs: for porting and parity with the published code.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json_config.h"
#include "formats/format.h"
#include "nn/weights.h"
#include "tensor/host_tensor.h"

namespace diorama {

enum class Part { transformer, text_encoder, vae_encoder, vae_decoder };

// "transformer", ...; throws Fault::usage with the list.
Part find_part(std::string_view name);
// The sub-folder of a model that holds it.
std::string_view component_of(Part part);

using NamedTensors = std::map<std::string, HostTensor>;

struct TraceOptions {
  Part part = Part::transformer;
  const Format* precision = &format_f32();
  bool blocks = false;  // also "block.0", ...: [B, N, D] after each block
};

// transformer: `latent` [B,C,h,w], `timestep` [B], `text` [B,T,D] with `text_mask` [B,T] or `class` [B], and
// `resolution` [B,2], `aspect_ratio` [B] where the network wants them; text encoder: `ids`, `mask` [B,T];
// vae_decoder: `latent`, as the class's own decode takes it; vae_encoder: `image` [B,3,H,W] in [-1, 1].
// Returns `output`, the network's whole output. A missing or ill-shaped input is Fault::usage.
NamedTensors trace(Device& device, const Config& config, const nn::TensorSource& source,
                   const NamedTensors& inputs, const TraceOptions& options);

}  // namespace diorama
