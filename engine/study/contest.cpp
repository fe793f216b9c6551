#include "study/contest.h"

#include <chrono>
#include <cmath>

namespace diorama {

Contest::Contest(Device& device, const ModelFolder& folder, const Precision& precision, PromptSet set,
                 int pictures, std::optional<int> steps)
    : pipeline_(folder, device, precision), requests_(requests_of(pipeline_, set, pictures)) {
  for (RenderRequest& request : requests_) {
    request.steps = steps;
    request = pipeline_.resolve(request);
  }
  Score unused;
  paint(requests_.front(), unused);  // loads what there is to load
}

RenderResult Contest::paint(const RenderRequest& request, Score& score) {
  const auto begin = std::chrono::steady_clock::now();
  RenderResult result = pipeline_.render(request);
  score.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  score.denoise_seconds += result.denoise_seconds;
  score.macs += result.executed_macs;
  return result;
}

const Score& Contest::exact() {
  if (!truths_.empty()) return exact_;
  for (const RenderRequest& request : requests_) {
    truths_.push_back(paint(request, exact_).image);
    exact_.fidelity.add(truths_.back(), truths_.back());
    on_picture_();
  }
  return exact_;
}

Score Contest::with(const accelerate::Plan& plan) {
  exact();
  Score score;
  for (size_t i = 0; i < requests_.size(); ++i) {
    RenderRequest request = requests_[i];
    request.acceleration = plan;
    score.fidelity.add(truths_[i], paint(request, score).image);
    on_picture_();
  }
  return score;
}

Score Contest::in_turns_with(const accelerate::Plan& plan) {
  exact_ = {};
  truths_.clear();
  Score score;
  for (RenderRequest request : requests_) {
    truths_.push_back(paint(request, exact_).image);
    exact_.fidelity.add(truths_.back(), truths_.back());
    request.acceleration = plan;
    score.fidelity.add(truths_.back(), paint(request, score).image);
    on_picture_();
  }
  return score;
}

Score Contest::with(const std::string& sampler, int steps) {
  exact();
  Score score;
  for (size_t i = 0; i < requests_.size(); ++i) {
    RenderRequest request = requests_[i];
    request.sampler = sampler;
    request.steps = steps;
    score.fidelity.add(truths_[i], paint(request, score).image);
    on_picture_();
  }
  return score;
}

std::vector<Contest::Alternative> Contest::alternatives(double evaluations) const {
  std::vector<Alternative> found;
  for (const Sampler& sampler : samplers()) {
    if (sampler.fresh_noise == FreshNoise::always) continue;
    const std::string name(sampler.name);
    try {
      const auto solver = make_solver(pipeline_.folder().config("scheduler"), {.sampler = name, .steps = 8});
      const int steps = static_cast<int>(std::lround(evaluations / solver->num_evaluations(0)));
      if (steps >= 1) found.push_back({name, steps});
    } catch (const Error& error) {
      if (error.fault() != Fault::usage) throw;  // a sampler for another kind of model
    }
  }
  return found;
}

std::string describe(const Score& score, const Score& exact) {
  const Fidelity psnr = score.fidelity.psnr();
  return fmt::format(
      "{:.2f}x (multiply-adds {:.2f}x, whole run {:.2f}x), psnr {:.2f}, 10th percentile {:.2f}, worst "
      "{:.2f}, ssim "
      "{:.4f}",
      exact.denoise_seconds / score.denoise_seconds,
      static_cast<double>(exact.macs) / static_cast<double>(score.macs), exact.seconds / score.seconds,
      psnr.mean, psnr.tenth, psnr.worst, score.fidelity.ssim().mean);
}

}  // namespace diorama
