// Every solver against problems with a known answer. With Gaussian data of standard deviation s the best
// prediction and the probability-flow ODE have closed forms: Var(level) = alpha^2 s^2 + sigma^2 and x moves
// along the quantiles, x(level) / sqrt(Var(level)) = constant.
#include "sampling/solver.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sampling/latent_math.h"
#include "sampling/noise.h"
#include "sampling/registry.h"

namespace diorama {
namespace {

constexpr double kDataDeviation = 0.5;

double variance(const NoiseLevel& level) {
  return std::pow(level.alpha * kDataDeviation, 2) + level.sigma * level.sigma;
}

// E[x0 | x] and E[noise | x] are multiples of x.
double x0_factor(const NoiseLevel& level) {
  return level.alpha * kDataDeviation * kDataDeviation / variance(level);
}
double noise_factor(const NoiseLevel& level) {
  return level.sigma / variance(level);
}

double output_factor(Prediction prediction, const NoiseLevel& level) {
  switch (prediction) {
    case Prediction::epsilon:
      return noise_factor(level);
    case Prediction::sample:
      return x0_factor(level);
    case Prediction::v:
      return level.alpha * noise_factor(level) - level.sigma * x0_factor(level);
    case Prediction::flow:
      return noise_factor(level) - x0_factor(level);
  }
  return 0;
}

HostTensor no_noise(int) {
  ADD_FAILURE() << "a deterministic solver drew noise";
  return {};
}

NoiseLevel level_at(const Solver& solver, double timestep) {
  for (const ScheduleStep& step : solver.schedule())
    if (step.timestep == timestep) return step.from;
  ADD_FAILURE() << "the network was given a timestep that is not in the schedule: " << timestep;
  return {};
}

Config scheduler(const std::string& json) {
  return Config::parse(json, "scheduler_config.json");
}

// The latent after the first steps of a run from x = 1, relative to the exact one.
double ratio_after(const Solver& solver, int steps) {
  SolverState state{.x = HostTensor(Shape{1, 1}, {1.0f})};
  const Evaluate network = [&](const HostTensor& x, double timestep) {
    const double factor = output_factor(solver.prediction(), level_at(solver, timestep));
    return weighted_sum(factor, x, 0, x);
  };
  while (state.step < steps) solver.advance(state, network, no_noise);
  const double start = variance(solver.schedule().front().from);
  const double end = variance(solver.schedule()[steps - 1].to);
  return state.x.values[0] / std::sqrt(end / start);
}

double final_ratio(const Solver& solver) {
  return ratio_after(solver, solver.num_steps());
}

double error(const std::string& json, SamplerOptions options) {
  return std::abs(final_ratio(*make_solver(scheduler(json), options)) - 1);
}

// log2 of what twice the steps gain.
double order(const std::string& json, SamplerOptions options) {
  const double coarse = error(json, options);
  options.steps *= 2;
  return std::log2(coarse / error(json, options));
}

const std::string kEuler = R"({"_class_name": "FlowMatchEulerDiscreteScheduler"})";
const std::string kHeun = R"({"_class_name": "FlowMatchHeunDiscreteScheduler"})";
const std::string kDdim = R"({"_class_name": "DDIMScheduler", "clip_sample": false})";
const std::string kDpm = R"({"_class_name": "DPMSolverMultistepScheduler"})";

TEST(Solver, euler_converges_with_order_1) {
  EXPECT_NEAR(order(kEuler, {.steps = 80}), 1, 0.15);
}

TEST(Solver, heun_converges_with_order_2) {
  EXPECT_NEAR(order(kHeun, {.steps = 20}), 2, 0.3);
}

TEST(Solver, ddim_converges_with_order_1) {
  EXPECT_NEAR(order(kDdim, {.steps = 50}), 1, 0.25);
}

// Half way, at sigma 0.4995 for every even number of steps: the last step, to sigma 0, is of first order.
TEST(Solver, dpmpp_2m_converges_with_order_2) {
  const auto error_half_way = [](int steps) {
    const auto solver = make_solver(scheduler(kEuler), {.sampler = "dpmpp-2m", .steps = steps});
    return std::abs(ratio_after(*solver, steps / 2) - 1);
  };
  EXPECT_NEAR(std::log2(error_half_way(40) / error_half_way(80)), 2, 0.3);
}

TEST(Solver, ends_near_the_exact_answer) {
  EXPECT_LT(error(kEuler, {.steps = 100}), 0.02);
  EXPECT_LT(error(kEuler, {.steps = 100, .shift = 3}), 0.04);
  EXPECT_LT(error(kHeun, {.steps = 50}), 0.002);
  EXPECT_LT(error(kEuler, {.sampler = "dpmpp-2m", .steps = 50, .shift = 2}), 0.02);
  EXPECT_LT(error(kDpm, {.steps = 50}), 0.02);
  EXPECT_LT(error(kDdim, {.steps = 200}), 0.02);
}

// Where the data are one point, every step predicts it and the last lands on it.
TEST(Solver, lands_on_a_known_picture) {
  const HostTensor target(Shape{1, 2, 1, 2}, {0.75f, -0.5f, 0.25f, 0});
  const char* names[] = {"euler", "heun", "dpmpp-2m", "ddim", "ddpm"};
  for (const char* name : names) {
    const bool flow = name == std::string("euler") || name == std::string("heun");
    const auto solver = make_solver(scheduler(flow ? kEuler : kDdim), {.sampler = name, .steps = 12});
    SolverState state{.x = normal_noise(target.shape, 3, 0)};
    const Evaluate network = [&](const HostTensor& x, double timestep) {
      const auto [alpha, sigma] = level_at(*solver, timestep);
      const HostTensor noise = weighted_sum(1 / sigma, x, -alpha / sigma, target);
      return flow ? weighted_sum(1, noise, -1, target) : noise;
    };
    const DrawNoise draw = [&](int step) { return normal_noise(target.shape, 3, step + 1); };
    while (state.step < solver->num_steps()) {
      solver->advance(state, network, draw);
      for (size_t i = 0; i < target.values.size(); ++i)
        EXPECT_NEAR(state.x0.values[i], target.values[i], 2e-4) << name << " step " << state.step;
    }
    for (size_t i = 0; i < target.values.size(); ++i)
      EXPECT_NEAR(state.x.values[i], target.values[i], 2e-5) << name;
  }
}

// The same run whatever the network predicts.
TEST(Solver, agrees_between_the_quantities_a_network_may_predict) {
  for (const std::string name : {"ddim", "dpmpp-2m"}) {
    const auto ratio = [&](const std::string& prediction) {
      const std::string json =
          R"({"_class_name": "DDIMScheduler", "clip_sample": false, "prediction_type": ")";
      return final_ratio(*make_solver(scheduler(json + prediction + "\"}"), {.sampler = name, .steps = 20}));
    };
    EXPECT_NEAR(ratio("sample"), ratio("epsilon"), 1e-4) << name;
    EXPECT_NEAR(ratio("v_prediction"), ratio("epsilon"), 1e-4) << name;
  }
}

// An ancestral run's samples have the variance of the data: mean over many elements at once.
TEST(Solver, ancestral_samplers_keep_the_variance_of_the_data) {
  const Shape shape{1, 1, 64, 64};
  const SamplerOptions cases[] = {{.sampler = "ddpm", .steps = 250},
                                  {.sampler = "ddim", .steps = 250, .eta = 1}};
  for (const SamplerOptions& options : cases) {
    const auto solver = make_solver(scheduler(kDdim), options);
    SolverState state{.x = normal_noise(shape, 11, 0)};
    const Evaluate network = [&](const HostTensor& x, double timestep) {
      return weighted_sum(noise_factor(level_at(*solver, timestep)), x, 0, x);
    };
    const DrawNoise draw = [&](int step) { return normal_noise(shape, 11, step + 1); };
    while (state.step < solver->num_steps()) solver->advance(state, network, draw);
    double square = 0;
    for (const double value : state.x.values) square += value * value / state.x.values.size();
    EXPECT_NEAR(std::sqrt(square), kDataDeviation, 0.03) << options.sampler;
  }
}

// As published, x0 is clipped unless the config says otherwise.
TEST(Solver, clips_x0_by_default) {
  for (const std::string name : {"ddim", "ddpm"}) {
    const auto solver =
        make_solver(scheduler(R"({"_class_name": "DDIMScheduler", "clip_sample_range": 0.25})"),
                    {.sampler = name, .steps = 3});
    SolverState state{.x = HostTensor(Shape{1, 2}, {2.0f, -3.0f})};
    const Evaluate network = [](const HostTensor& x, double) { return weighted_sum(0, x, 0, x); };
    while (state.step < solver->num_steps())
      solver->advance(state, network, [](int) { return HostTensor(Shape{1, 2}); });
    EXPECT_NEAR(state.x0.values[1], -0.25, 1e-6) << name;
    EXPECT_NEAR(state.x.values[0], 0.25, 1e-6) << name;
  }
}

TEST(Solver, a_copied_state_continues_the_same_run) {
  const auto solver = make_solver(scheduler(kDpm), {.steps = 9});
  const Evaluate network = [](const HostTensor& x, double t) {
    return weighted_sum(0.5 + t / 4000, x, 0, x);
  };
  SolverState state{.x = normal_noise(Shape{2, 1, 3, 3}, 1, 0)};
  while (state.step < 4) solver->advance(state, network, no_noise);
  SolverState copy = state;
  while (state.step < 9) solver->advance(state, network, no_noise);
  while (copy.step < 9) solver->advance(copy, network, no_noise);
  EXPECT_EQ(state.x.values, copy.x.values);
}

TEST(Solver, a_batch_is_its_pictures_one_by_one) {
  for (const Sampler& sampler : samplers()) {
    const auto solver = make_solver(scheduler(sampler.for_flow ? kEuler : kDdim),
                                    {.sampler = std::string(sampler.name), .steps = 5});
    const Shape pair_shape{2, 2, 2, 2};
    const Shape single_shape{1, 2, 2, 2};
    // The upper channels are a learned variance.
    const Evaluate network = [](const HostTensor& x, double) {
      HostTensor output(Shape{x.shape[0], 2 * x.shape[1], x.shape[2], x.shape[3]});
      const size_t picture = x.values.size() / x.shape[0];
      for (size_t i = 0; i < output.values.size(); ++i) {
        const float value = x.values[i / (2 * picture) * picture + i % picture];
        output.values[i] = i % (2 * picture) < picture ? std::tanh(value) : std::sin(value);
      }
      return output;
    };
    const auto run = [&](const HostTensor& start, const DrawNoise& draw) {
      SolverState state{.x = start};
      while (state.step < solver->num_steps()) solver->advance(state, network, draw);
      return state.x.values;
    };
    const HostTensor start = normal_noise(pair_shape, 2, 0);
    const auto noise = [&](int step) { return normal_noise(pair_shape, 2, step + 1); };
    const auto half = [&](const HostTensor& x, size_t i) {
      return HostTensor(single_shape, {x.values.begin() + i * 8, x.values.begin() + i * 8 + 8});
    };
    std::vector<float> one_by_one;
    for (size_t i = 0; i < 2; ++i) {
      const auto values = run(half(start, i), [&](int step) { return half(noise(step), i); });
      one_by_one.insert(one_by_one.end(), values.begin(), values.end());
    }
    EXPECT_EQ(run(start, noise), one_by_one) << sampler.name;
  }
}

TEST(Solver, reports_the_step_at_which_the_latent_breaks) {
  const auto solver = make_solver(scheduler(kEuler), {.steps = 4});
  SolverState state{.x = normal_noise(Shape{1, 1, 2, 2}, 1, 0)};
  const Evaluate network = [&](const HostTensor& x, double) {
    return weighted_sum(state.step == 2 ? std::nan("") : 1, x, 0, x);
  };
  try {
    while (state.step < 4) solver->advance(state, network, no_noise);
    FAIL() << "a NaN passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::unusable_result);
    EXPECT_NE(std::string(error.what()).find("step 3 of 4"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace diorama
