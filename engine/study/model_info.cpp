#include "study/model_info.h"

#include <algorithm>
#include <optional>

#include "formats/format.h"
#include "io/tokenizer.h"
#include "models/registry.h"
#include "pipeline/component.h"

namespace diorama {
namespace {

constexpr int64_t kLanes = 2;  // conditional and unconditional

Tensor planned_input(nn::Walk& walk, const Shape& shape) {
  return walk.stream().make(shape, DType::f32);
}

PartInfo describe(std::string part, std::string class_name, const nn::TensorTable& table,
                  std::string evaluation, Device& device, const WalkBody& evaluate) {
  PartInfo info{
      .part = std::move(part), .class_name = std::move(class_name), .evaluation = std::move(evaluation)};
  info.num_parameters = table.num_parameters();
  for (const Format* format : formats()) {
    const auto weights = nn::Weights::plan(table, device, *format);
    const Plan plan = plan_walk(device, weights, evaluate);
    info.costs.push_back({format->name, weights.byte_size(), plan.arena_bytes});
    info.multiply_adds = plan.multiply_adds;
  }
  return info;
}

PartInfo describe_text_encoder(const ModelFolder& folder, Device& device, int length) {
  const auto network = models::make_text_encoder(folder.config("text_encoder"));
  const HostTensor mask({1, length});
  return describe("text_encoder", folder.class_of("text_encoder"), network->tensors(),
                  fmt::format("{} tokens", length), device, [&](nn::Walk& walk) {
                    network->forward(nn::Scope(walk), std::vector<int32_t>(static_cast<size_t>(length)),
                                     mask);
                  });
}

// Conditions of `kLanes` lanes that say nothing: only their shapes matter.
models::ConditionInputs empty_conditions(const models::Transformer::Geometry& geometry, int64_t text_length) {
  models::ConditionInputs inputs;
  if (geometry.num_classes > 0) {
    inputs.classes.assign(kLanes, 0);
  } else {
    inputs.text = HostTensor({kLanes, text_length, geometry.text_channels});
    inputs.text_mask = HostTensor({kLanes, text_length});
  }
  if (geometry.size_conditions) {
    inputs.resolution.assign(2 * kLanes, 0);
    inputs.aspect_ratio.assign(kLanes, 1);
  }
  return inputs;
}

PartInfo describe_transformer(const ModelFolder& folder, Device& device, std::optional<int> most_tokens) {
  const auto network = models::make_transformer(folder.config("transformer"));
  const auto geometry = network->geometry();
  const bool has_text = geometry.num_classes == 0;
  constexpr int kPublishedLength = 300;  // PixArt-sigma, where there is no tokenizer to ask
  const int text_length = std::min(most_tokens.value_or(kPublishedLength), kPublishedLength);
  const auto inputs = empty_conditions(geometry, text_length);
  const Shape latent{kLanes, geometry.in_channels, geometry.sample_size, geometry.sample_size};
  const std::string evaluation =
      latent.to_string() + (has_text ? fmt::format(" with {} text tokens", text_length) : " with a class");
  return describe("transformer", folder.class_of("transformer"), network->tensors(), evaluation, device,
                  [&](nn::Walk& walk) {
                    const nn::Scope m(walk);
                    const auto condition = network->condition(m, inputs);
                    network->forward(m, planned_input(walk, latent), std::vector<float>(kLanes), condition);
                  });
}

void add_autoencoder(const ModelFolder& folder, Device& device, std::vector<PartInfo>& parts) {
  const auto network = models::make_autoencoder(folder.config("vae"));
  const auto geometry = network->geometry();
  const int64_t cells = folder.has("transformer")
                            ? models::make_transformer(folder.config("transformer"))->geometry().sample_size
                            : 32;
  const int64_t side = cells * geometry.downsampling;
  const Shape latent{1, geometry.latent_channels, cells, cells};
  const Shape image{1, 3, side, side};
  parts.push_back(
      describe("vae_decoder", folder.class_of("vae"), network->decoder_tensors(), latent.to_string(), device,
               [&](nn::Walk& walk) { network->decode(nn::Scope(walk), planned_input(walk, latent)); }));
  parts.push_back(
      describe("vae_encoder", folder.class_of("vae"), network->encoder_tensors(), image.to_string(), device,
               [&](nn::Walk& walk) { network->encode(nn::Scope(walk), planned_input(walk, image)); }));
}

// That the tokenizer gives; nothing where neither it nor a text encoder is there.
std::optional<int> most_tokens_of(const ModelFolder& folder) {
  std::optional<int> vocabulary;
  if (folder.has("text_encoder"))
    vocabulary = models::make_text_encoder(folder.config("text_encoder"))->vocab_size();
  else if (!folder.has("tokenizer"))
    return std::nullopt;
  return Tokenizer(folder.component("tokenizer"), vocabulary).max_length();
}

}  // namespace

std::vector<PartInfo> describe_parts(const ModelFolder& folder, Device& device) {
  std::vector<PartInfo> parts;
  const std::optional<int> most_tokens = most_tokens_of(folder);
  if (folder.has("text_encoder")) parts.push_back(describe_text_encoder(folder, device, *most_tokens));
  if (folder.has("transformer")) parts.push_back(describe_transformer(folder, device, most_tokens));
  if (folder.has("vae")) add_autoencoder(folder, device, parts);
  return parts;
}

}  // namespace diorama
