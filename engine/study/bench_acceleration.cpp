#include "study/bench_acceleration.h"

#include <algorithm>
#include <chrono>

#include "io/model_search.h"
#include "pipeline/acceleration.h"
#include "study/fidelity.h"
#include "study/prompt_set.h"

namespace diorama {
namespace {

// Pictures of one way to paint, against the exact ones.
struct Score {
  FidelityMeter fidelity;
  double denoise_seconds = 0;
  double seconds = 0;  // of the whole road
  uint64_t macs = 0;

  void add(const RenderResult& result, const Image& exact, double whole) {
    fidelity.add(exact, result.image);
    denoise_seconds += result.denoise_seconds;
    seconds += whole;
    macs += result.executed_macs;
  }
};

RenderResult timed(Pipeline& pipeline, const RenderRequest& request, double& seconds) {
  const auto begin = std::chrono::steady_clock::now();
  RenderResult result = pipeline.render(request);
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

BenchRow row_of(const std::string& name, const Score& score, const Score& exact, int pictures) {
  const Fidelity psnr = score.fidelity.psnr();
  const Fidelity ssim = score.fidelity.ssim();
  return {
      .group = "acceleration",
      .name = name,
      .timing = {.milliseconds = 1e3 * score.denoise_seconds / pictures},
      .note = fmt::format("{:.2f}x (multiply-adds {:.2f}x, whole run {:.2f}x), psnr {:.2f}, 10th percentile "
                          "{:.2f}, worst {:.2f}, ssim {:.4f}",
                          exact.denoise_seconds / score.denoise_seconds,
                          static_cast<double>(exact.macs) / static_cast<double>(score.macs),
                          exact.seconds / score.seconds, psnr.mean, psnr.tenth, psnr.worst, ssim.mean)};
}

class Contest {
 public:
  Contest(Device& device, const std::string& model, const BenchOptions& options)
      : folder_(ModelFolder::open(find_model(model))),
        pipeline_(folder_, device, options.precision),
        requests_(requests_of(pipeline_, PromptSet::scoring, options.pictures)) {
    for (RenderRequest& request : requests_) {
      request.steps = options.steps;
      request = pipeline_.resolve(request);
    }
    pipeline_.render(requests_.front());  // loads what there is to load
  }

  const ModelFolder& folder() const { return folder_; }
  const RenderRequest& first() const { return requests_.front(); }
  int pictures() const { return static_cast<int>(requests_.size()); }

  // Exact and accelerated in turns, so that both see the same machine.
  void run(const accelerate::Plan& plan, Score& exact, Score& accelerated) {
    for (RenderRequest request : requests_) {
      double seconds = 0;
      const RenderResult truth = timed(pipeline_, request, seconds);
      exact.add(truth, truth.image, seconds);
      request.acceleration = plan;
      const RenderResult result = timed(pipeline_, request, seconds);
      accelerated.add(result, truth.image, seconds);
      truths_.push_back(truth.image);
    }
  }

  Score with(const std::string& sampler, int steps) {
    Score score;
    for (size_t i = 0; i < requests_.size(); ++i) {
      RenderRequest request = requests_[i];
      request.sampler = sampler;
      request.steps = steps;
      double seconds = 0;
      const RenderResult result = timed(pipeline_, request, seconds);
      score.add(result, truths_[i], seconds);
    }
    return score;
  }

  // Samplers that fit the model and need nothing at random, with the steps that a budget of evaluations
  // allows.
  std::vector<std::pair<std::string, int>> alternatives(double evaluations) const {
    std::vector<std::pair<std::string, int>> found;
    for (const Sampler& sampler : samplers()) {
      if (sampler.fresh_noise == FreshNoise::always) continue;
      try {
        const auto solver =
            make_solver(folder_.config("scheduler"), {.sampler = std::string(sampler.name), .steps = 8});
        const int steps = static_cast<int>(std::lround(evaluations / solver->num_evaluations(0)));
        if (steps >= 1) found.emplace_back(sampler.name, steps);
      } catch (const Error& error) {
        if (error.fault() != Fault::usage) throw;  // for another kind of model
      }
    }
    return found;
  }

 private:
  ModelFolder folder_;
  Pipeline pipeline_;
  std::vector<RenderRequest> requests_;
  std::vector<Image> truths_;
};

}  // namespace

void bench_acceleration(Device& device, const std::string& model, const BenchOptions& options,
                        const BenchReport& report) {
  Contest contest(device, model, options);
  const auto plan = choose_acceleration(contest.folder(), options.accelerate).plan;
  if (!plan) fail(Fault::usage, "[bench] --accelerate off leaves nothing to compare");
  Score exact;
  Score accelerated;
  contest.run(*plan, exact, accelerated);
  const int steps = *contest.first().steps;
  const std::string run = fmt::format("{} {}, ", contest.folder().title(), options.precision.name);
  report(row_of(run + fmt::format("{} steps, exact", steps), exact, exact, contest.pictures()));
  report(
      row_of(run + fmt::format("{} steps, {}", steps, plan->name), accelerated, exact, contest.pictures()));
  const double share = accelerated.denoise_seconds / exact.denoise_seconds;
  for (const auto& [sampler, fewer] : contest.alternatives(share * steps))
    report(row_of(run + fmt::format("{} steps of {}", fewer, sampler), contest.with(sampler, fewer), exact,
                  contest.pictures()));
}

}  // namespace diorama
