#include "study/trace.h"

#include <array>
#include <cmath>

#include "base/suggestion.h"
#include "models/registry.h"
#include "pipeline/component.h"

namespace diorama {
namespace {

constexpr std::array<std::string_view, 4> kParts{"transformer", "text_encoder", "vae_encoder", "vae_decoder"};

const HostTensor& input(const NamedTensors& inputs, const std::string& name, int rank) {
  const auto it = inputs.find(name);
  if (it == inputs.end()) fail(Fault::usage, "[trace] input '{}' is missing", name);
  if (it->second.shape.rank() != rank || it->second.shape.num_elements() == 0)
    fail(Fault::usage, "[trace] input '{}' has shape {}, expected {} dimensions", name,
         it->second.shape.to_string(), rank);
  return it->second;
}

const HostTensor& input(const NamedTensors& inputs, const std::string& name, const Shape& shape) {
  const HostTensor& tensor = input(inputs, name, shape.rank());
  if (tensor.shape != shape)
    fail(Fault::usage, "[trace] input '{}' has shape {}, expected {}", name, tensor.shape.to_string(),
         shape.to_string());
  return tensor;
}

// Ids may come as floats; those that are none are refused.
std::vector<int32_t> integers(const NamedTensors& inputs, const std::string& name, const Shape& shape) {
  constexpr float kMost = 1 << 24;  // beyond, floats leave out integers
  std::vector<int32_t> ids;
  for (const float value : input(inputs, name, shape).values) {
    if (!(std::abs(value) <= kMost) || value != std::trunc(value))
      fail(Fault::usage, "[trace] input '{}' holds {}, which is no id", name, value);
    ids.push_back(static_cast<int32_t>(value));
  }
  return ids;
}

// Keeps what each block returns.
class BlockRecorder final : public nn::Accelerator {
 public:
  explicit BlockRecorder(NamedTensors& outputs) : outputs_(outputs) {}
  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::block; }
  Tensor block(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Block& next) override {
    Tensor y = next(x);
    outputs_["block." + std::to_string(site.index)] = walk.stream().download(y);
    return y;
  }

 private:
  NamedTensors& outputs_;
};

models::ConditionInputs condition_inputs(const models::Transformer::Geometry& geometry,
                                         const NamedTensors& inputs, int64_t lanes) {
  models::ConditionInputs condition;
  if (geometry.num_classes > 0) {
    condition.classes = integers(inputs, "class", Shape{lanes});
  } else {
    const int64_t length = input(inputs, "text", 3).shape[1];
    condition.text = input(inputs, "text", Shape{lanes, length, geometry.text_channels});
    condition.text_mask = input(inputs, "text_mask", Shape{lanes, length});
  }
  if (geometry.size_conditions) {
    condition.resolution = input(inputs, "resolution", Shape{lanes, 2}).values;
    condition.aspect_ratio = input(inputs, "aspect_ratio", Shape{lanes}).values;
  }
  return condition;
}

NamedTensors trace_transformer(Device& device, const Config& config, const nn::TensorSource& source,
                               const NamedTensors& inputs, const TraceOptions& options) {
  const auto network = models::make_transformer(config);
  const auto geometry = network->geometry();
  const HostTensor& latent = input(inputs, "latent", 4);
  const int64_t lanes = latent.shape[0];
  if (latent.shape[1] != geometry.in_channels || latent.shape[2] % geometry.patch_size != 0 ||
      latent.shape[3] % geometry.patch_size != 0)
    fail(Fault::usage,
         "[trace] input 'latent' has shape {}, expected {} channels and sides that are multiples of {}",
         latent.shape.to_string(), geometry.in_channels, geometry.patch_size);
  const HostTensor& timestep = input(inputs, "timestep", Shape{lanes});
  const auto given = condition_inputs(geometry, inputs, lanes);
  const auto weights = nn::Weights::load(network->tensors(), source, device, *options.precision);
  NamedTensors outputs;
  BlockRecorder recorder(outputs);
  run_walk(device, weights, [&](nn::Walk& walk) {
    if (options.blocks) walk.install(recorder);
    const nn::Scope m(walk);
    const auto condition = network->condition(m, given);
    const Tensor x = walk.stream().upload(latent.shape, latent.values);
    outputs["output"] = walk.stream().download(network->forward(m, x, timestep.values, condition));
  });
  return outputs;
}

NamedTensors trace_text_encoder(Device& device, const Config& config, const nn::TensorSource& source,
                                const NamedTensors& inputs, const TraceOptions& options) {
  const auto network = models::make_text_encoder(config);
  const Shape shape = input(inputs, "ids", 2).shape;
  const std::vector<int32_t> ids = integers(inputs, "ids", shape);
  const HostTensor& mask = input(inputs, "mask", shape);
  const auto weights = nn::Weights::load(network->tensors(), source, device, *options.precision);
  NamedTensors outputs;
  run_walk(device, weights, [&](nn::Walk& walk) {
    outputs["output"] = walk.stream().download(network->forward(nn::Scope(walk), ids, mask));
  });
  return outputs;
}

NamedTensors trace_autoencoder(Device& device, const Config& config, const nn::TensorSource& source,
                               const NamedTensors& inputs, const TraceOptions& options) {
  const auto network = models::make_autoencoder(config);
  const bool decoder = options.part == Part::vae_decoder;
  const HostTensor& given = input(inputs, decoder ? "latent" : "image", 4);
  const int64_t channels = decoder ? network->geometry().latent_channels : 3;
  const int64_t multiple = decoder ? 1 : network->geometry().downsampling;
  if (given.shape[1] != channels || given.shape[2] % multiple != 0 || given.shape[3] % multiple != 0)
    fail(Fault::usage,
         "[trace] the input has shape {}, expected {} channels and sides that are multiples of {}",
         given.shape.to_string(), channels, multiple);
  const auto weights = nn::Weights::load(decoder ? network->decoder_tensors() : network->encoder_tensors(),
                                         source, device, *options.precision);
  NamedTensors outputs;
  run_walk(device, weights, [&](nn::Walk& walk) {
    const nn::Scope m(walk);
    const Tensor x = walk.stream().upload(given.shape, given.values);
    outputs["output"] = walk.stream().download(decoder ? network->decode(m, x) : network->encode(m, x));
  });
  return outputs;
}

}  // namespace

Part find_part(std::string_view name) {
  for (size_t i = 0; i < kParts.size(); ++i)
    if (kParts[i] == name) return static_cast<Part>(i);
  fail(Fault::usage,
       "[trace] part '{}' does not exist; choose transformer, text_encoder, vae_encoder or vae_decoder{}",
       name, did_you_mean(name, kParts));
}

std::string_view component_of(Part part) {
  if (part == Part::vae_encoder || part == Part::vae_decoder) return "vae";
  return kParts[static_cast<size_t>(part)];
}

NamedTensors trace(Device& device, const Config& config, const nn::TensorSource& source,
                   const NamedTensors& inputs, const TraceOptions& options) {
  switch (options.part) {
    case Part::transformer:
      return trace_transformer(device, config, source, inputs, options);
    case Part::text_encoder:
      return trace_text_encoder(device, config, source, inputs, options);
    case Part::vae_encoder:
    case Part::vae_decoder:
      return trace_autoencoder(device, config, source, inputs, options);
  }
  return {};
}

}  // namespace diorama
