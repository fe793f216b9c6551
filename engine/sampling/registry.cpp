#include "sampling/registry.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/suggestion.h"
#include "sampling/scheduler_config.h"
#include "sampling/solver_ddim.h"
#include "sampling/solver_ddpm.h"
#include "sampling/solver_dpmpp_2m.h"
#include "sampling/solver_euler.h"
#include "sampling/solver_heun.h"

namespace diorama {
namespace {

template <typename T>
std::unique_ptr<Solver> create(const Config& scheduler, const SamplerOptions& options) {
  return std::make_unique<T>(scheduler, options);
}

constexpr std::array<Sampler, 5> kSamplers = {{
    {"euler", "FlowMatchEulerDiscreteScheduler", false, true, FreshNoise::none, create<EulerSolver>},
    {"heun", "FlowMatchHeunDiscreteScheduler", false, true, FreshNoise::none, create<HeunSolver>},
    {"dpmpp-2m", "DPMSolverMultistepScheduler", true, true, FreshNoise::none, create<Dpmpp2mSolver>},
    {"ddim", "DDIMScheduler", true, false, FreshNoise::with_eta, create<DdimSolver>},
    {"ddpm", "DDPMScheduler", true, false, FreshNoise::always, create<DdpmSolver>},
}};

std::vector<std::string_view> words(auto member, auto wanted) {
  std::vector<std::string_view> found;
  for (const Sampler& sampler : kSamplers)
    if (wanted(sampler)) found.push_back(sampler.*member);
  return found;
}

std::string joined(auto member, auto wanted) {
  return fmt::format("{}", fmt::join(words(member, wanted), ", "));
}

const Sampler& own_sampler(const Config& scheduler) {
  const auto name = scheduler.get<std::string>("_class_name");
  const auto it = std::ranges::find(kSamplers, name, &Sampler::scheduler_class);
  if (it == kSamplers.end())
    scheduler.reject("_class_name", fmt::format("one of {}", joined(&Sampler::scheduler_class,
                                                                    [](const Sampler&) { return true; })));
  return *it;
}

void check_options(const Config& scheduler, const Sampler& sampler, const SamplerOptions& options) {
  const int trained = read_train_timesteps(scheduler);
  if (options.steps < 1 || options.steps > trained)
    fail(Fault::usage, "[sampler] --steps is {}; this model takes 1 to {}", options.steps, trained);
  if (options.eta && sampler.fresh_noise != FreshNoise::with_eta)
    fail(Fault::usage, "[sampler] --eta is a setting of ddim; {} has none", sampler.name);
  if (options.eta && !(*options.eta >= 0 && *options.eta <= 1))
    fail(Fault::usage, "[sampler] --eta is {}; it goes from 0 to 1", *options.eta);
  if (options.shift && !is_flow(scheduler))
    fail(Fault::usage,
         "[sampler] --shift is a setting of flow-matching models; this one is a diffusion model");
  if (options.shift && !(*options.shift >= 0.01 && *options.shift <= 100))
    fail(Fault::usage, "[sampler] --shift is {}; it goes from 0.01 to 100", *options.shift);
}

}  // namespace

std::span<const Sampler> samplers() {
  return kSamplers;
}

const Sampler& choose_sampler(const Config& scheduler, std::string_view name) {
  const Sampler& own = own_sampler(scheduler);
  const bool flow = is_flow(scheduler);
  const auto fits = [&](const Sampler& sampler) { return flow ? sampler.for_flow : sampler.for_diffusion; };
  if (name.empty() && !fits(own))
    scheduler.reject("prediction_type", fmt::format("a prediction {} can sample", own.scheduler_class));
  if (name.empty()) return own;
  const auto it = std::ranges::find(kSamplers, name, &Sampler::name);
  if (it == kSamplers.end())
    fail(Fault::usage, "[sampler] there is no '{}'; this model takes {}{}", name,
         joined(&Sampler::name, fits), did_you_mean(name, words(&Sampler::name, fits)));
  if (!fits(*it))
    fail(Fault::usage, "[sampler] {} does not fit a {} model; this one takes {}", name,
         flow ? "flow-matching" : "diffusion", joined(&Sampler::name, fits));
  return *it;
}

std::unique_ptr<Solver> make_solver(const Config& scheduler, const SamplerOptions& options) {
  const Sampler& sampler = choose_sampler(scheduler, options.sampler);
  reject_unsupported(scheduler);
  check_options(scheduler, sampler, options);
  return sampler.create(scheduler, options);
}

}  // namespace diorama
