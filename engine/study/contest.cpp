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
  ++score.pictures;
  return result;
}

void Contest::paint_exact(const RenderRequest& request) {
  truths_.push_back(paint(request, exact_).image);
  exact_.fidelity.add(truths_.back(), truths_.back());
}

const Score& Contest::exact() {
  if (truths_.empty())
    for (const RenderRequest& request : requests_) paint_exact(request);
  return exact_;
}

void Contest::extend(Score& score, const Way& way, int pictures) {
  exact();
  while (score.pictures < pictures) {
    const auto next = static_cast<size_t>(score.pictures);
    RenderRequest request = requests_.at(next);
    request.acceleration = way.plan;
    if (!way.sampler.empty()) request.sampler = way.sampler;
    if (way.steps) request.steps = way.steps;
    score.fidelity.add(truths_.at(next), paint(request, score).image);
  }
}

Score Contest::with(const Way& way) {
  Score score;
  extend(score, way, num_pictures());
  return score;
}

Score Contest::in_turns_with(const accelerate::Plan& plan) {
  exact_ = {};
  truths_.clear();
  Score score;
  for (RenderRequest request : requests_) {
    paint_exact(request);
    request.acceleration = plan;
    score.fidelity.add(truths_.back(), paint(request, score).image);
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
      score.speed(exact), score.macs_ratio(exact), score.whole_speed(exact), psnr.mean, psnr.tenth,
      psnr.worst, score.fidelity.ssim().mean);
}

}  // namespace diorama
