// Ways to paint the same pictures, against the exact run: what they save and what they change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/fidelity.h"
#include "study/prompt_set.h"

namespace diorama {

// What is other than in the exact run.
struct Way {
  std::optional<accelerate::Plan> plan;
  std::string sampler;       // empty: the same
  std::optional<int> steps;  // none: as many
};

struct Score {
  FidelityMeter fidelity;  // against the exact pictures
  int pictures = 0;
  double denoise_seconds = 0;  // of all pictures
  double seconds = 0;          // likewise, of the whole road
  uint64_t macs = 0;           // of the denoiser

  // Against the exact run, of a picture: how much faster the denoiser and the whole road were, and how much
  // less the denoiser multiplied.
  double speed(const Score& exact) const {
    return exact.per_picture(exact.denoise_seconds) / per_picture(denoise_seconds);
  }
  double whole_speed(const Score& exact) const {
    return exact.per_picture(exact.seconds) / per_picture(seconds);
  }
  double macs_ratio(const Score& exact) const {
    return exact.per_picture(static_cast<double>(exact.macs)) / per_picture(static_cast<double>(macs));
  }
  double per_picture(double sum) const { return sum / pictures; }
};

class Contest {
 public:
  // The first `pictures` of a set, as the model recommends, or at so many steps.
  Contest(Device& device, const ModelFolder& folder, const Precision& precision, PromptSet set, int pictures,
          std::optional<int> steps);

  const RenderRequest& first() const { return requests_.front(); }
  const std::vector<RenderRequest>& requests() const { return requests_; }
  int num_pictures() const { return static_cast<int>(requests_.size()); }

  // Painted once, when first asked for.
  const Score& exact();
  Score with(const Way& way);
  // The pictures up to the `pictures`-th that the score does not have yet.
  void extend(Score& score, const Way& way, int pictures);
  // With exact runs in between, so that both see the same machine; replaces `exact`.
  Score in_turns_with(const accelerate::Plan& plan);

  struct Alternative {
    std::string sampler;
    int steps;
  };
  // Samplers that fit the model and draw no noise, with the steps that so many evaluations allow.
  std::vector<Alternative> alternatives(double evaluations) const;

 private:
  RenderResult paint(const RenderRequest& request, Score& score);
  void paint_exact(const RenderRequest& request);

  Pipeline pipeline_;
  std::vector<RenderRequest> requests_;
  std::vector<Image> truths_;
  Score exact_;
};

// "2.31x (multiply-adds 2.49x, whole run 1.85x), psnr 36.20, 10th percentile 31.24, worst 31.16, ssim 0.9871"
std::string describe(const Score& score, const Score& exact);

}  // namespace diorama
