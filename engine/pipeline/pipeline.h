// The road of one picture (DESIGN 2): prompt to tokens to latent to RGB, for one model on one device.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "io/model_folder.h"
#include "io/tokenizer.h"
#include "models/registry.h"
#include "pipeline/component.h"
#include "pipeline/precision.h"
#include "pipeline/preview.h"
#include "pipeline/request.h"
#include "sampling/guidance.h"
#include "sampling/noise.h"
#include "sampling/registry.h"

namespace diorama {

class Pipeline {
 public:
  // Reads every config and checks that the parts belong together; weights are loaded when they are first
  // needed.
  Pipeline(const ModelFolder& folder, Device& device, const Precision& precision);

  const ModelFolder& folder() const { return folder_; }
  const Precision& precision() const { return precision_; }
  // The side of the square pictures that the model was trained for, pixels.
  int own_size() const { return transformer_->geometry().sample_size * latent_.downsampling; }
  models::Transformer::Geometry geometry() const { return transformer_->geometry(); }
  const models::Autoencoder::Geometry& latent() const { return latent_; }
  const std::optional<PreviewMatrix>& preview_matrix() const { return preview_; }

  // Weights that are not there yet, ahead of the first picture; the text encoder's go after each prompt.
  void load() {
    transformer_weights();
    weights_of(decoder_);
  }

  // Sees every evaluation from now on.
  void watch(nn::Accelerator& watcher) { watchers_.push_back(&watcher); }

  // Fills what the request leaves open; throws Fault::usage for what this model cannot do.
  RenderRequest resolve(RenderRequest request) const;

  // Bytes that the largest stage of this picture takes: weights, and what the plan of the work says, both
  // guidance halves at once. Caches of shortcuts come on top. `request` is resolved.
  size_t memory_needed(const RenderRequest& request) const;

  // One picture. Fault::out_of_memory before the first step where it cannot fit. Throws Fault::cancelled when
  // the device's token is set.
  RenderResult render(const RenderRequest& request, const RenderObserver& observer = {});

  // A normalised latent [1, C, h, w] as a picture.
  Image decode(const HostTensor& latent);
  // The same, quicker and rougher where the model's folder holds a small autoencoder for it, vae_preview/,
  // such as TAESD (https://github.com/madebyollin/taesd).
  Image decode_preview(const HostTensor& latent);

  // Initial noise [1, C, h, w] given from outside, for parity with published runs.
  RenderResult render_from(const RenderRequest& request, const HostTensor& noise,
                           const RenderObserver& observer = {});

 private:
  struct Text {
    HostTensor tokens;  // [1, T, D]
    HostTensor mask;    // [1, T]
  };

  struct Decoder {
    std::string component;
    std::unique_ptr<models::Autoencoder> network;
    std::optional<nn::Weights> weights;
  };

  const nn::Weights& transformer_weights();
  const nn::Weights& weights_of(Decoder& decoder);
  Image decode(Decoder& decoder, const HostTensor& latent);
  void open_preview_decoder();
  const Text& encode(const std::string& prompt, const RenderObserver& observer);
  models::ConditionInputs condition_inputs(const RenderRequest& request, const std::vector<Half>& halves,
                                           const RenderObserver& observer);
  std::unique_ptr<Solver> solver_of(const RenderRequest& request) const;
  SolverState start_of(const RenderRequest& request, const Solver& solver, const RenderObserver& observer);
  // Takes the steps up to `last_step`.
  void denoise(const RenderRequest& request, const Solver& solver, SolverState& state, int last_step,
               const RenderObserver& observer, RenderResult& result);
  RenderResult finish(const RenderRequest& request, const Solver& solver, SolverState state,
                      const RenderObserver& observer);
  Recipe recipe(const RenderRequest& request) const;
  void check_side(std::string_view name, int value, Fault fault) const;
  Shape latent_shape(const RenderRequest& request) const;
  size_t plan_memory(const Shape& latent, int64_t lanes) const;
  void check_memory(const RenderRequest& request) const;
  bool adds_noise(const RenderRequest& request) const;

  ModelFolder folder_;
  Device& device_;
  Precision precision_;
  std::unique_ptr<models::Transformer> transformer_;
  Decoder decoder_;
  std::optional<Decoder> preview_decoder_;
  std::unique_ptr<models::T5Encoder> text_encoder_;
  std::unique_ptr<Tokenizer> tokenizer_;
  Config scheduler_;
  models::Autoencoder::Geometry latent_;
  std::optional<PreviewMatrix> preview_;
  std::string hash_;
  std::map<int, std::string> class_names_;

  std::vector<nn::Accelerator*> watchers_;
  std::optional<nn::Weights> transformer_weights_;
  mutable std::map<std::array<int64_t, 3>, size_t> needed_;  // bytes, by width, height, lanes
  std::map<std::string, Text> texts_;  // by prompt; the encoder's weights go when it is done
};

}  // namespace diorama
