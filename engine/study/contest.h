// Ways to paint the same pictures, against the exact run: what they save and what they change.
#pragma once

#include <string>
#include <vector>

#include "study/fidelity.h"
#include "study/prompt_set.h"

namespace diorama {

struct Score {
  FidelityMeter fidelity;      // against the exact pictures
  double denoise_seconds = 0;  // of all pictures
  double seconds = 0;          // likewise, of the whole road
  uint64_t macs = 0;           // of the denoiser

  // Against the exact run: how much faster the denoiser was, and how much less it multiplied.
  double speed(const Score& exact) const { return exact.denoise_seconds / denoise_seconds; }
  double macs_ratio(const Score& exact) const {
    return static_cast<double>(exact.macs) / static_cast<double>(macs);
  }
};

class Contest {
 public:
  // The first `pictures` of a set, as the model recommends, or at so many steps.
  Contest(Device& device, const ModelFolder& folder, const Precision& precision, PromptSet set, int pictures,
          std::optional<int> steps);

  const RenderRequest& first() const { return requests_.front(); }
  int num_pictures() const { return static_cast<int>(requests_.size()); }

  // Painted once, when first asked for.
  const Score& exact();
  Score with(const accelerate::Plan& plan);
  // With exact runs in between, so that both see the same machine; replaces `exact`.
  Score in_turns_with(const accelerate::Plan& plan);
  Score with(const std::string& sampler, int steps);

  struct Alternative {
    std::string sampler;
    int steps;
  };
  // Samplers that fit the model and draw no noise, with the steps that so many evaluations allow.
  std::vector<Alternative> alternatives(double evaluations) const;

 private:
  RenderResult paint(const RenderRequest& request, Score& score);
  void paint_exact(const RenderRequest& request);
  Score with(const std::function<void(RenderRequest&)>& change);

  Pipeline pipeline_;
  std::vector<RenderRequest> requests_;
  std::vector<Image> truths_;
  Score exact_;
};

// "2.31x (multiply-adds 2.49x, whole run 1.85x), psnr 36.20, 10th percentile 31.24, worst 31.16, ssim 0.9871"
std::string describe(const Score& score, const Score& exact);

}  // namespace diorama
