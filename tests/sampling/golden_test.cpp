// Whole runs against the published schedulers, on a toy network. Mutations that turn a test here red: the
// last sigma shifted once, timesteps of DPM++ on flow models not cut to integers, timesteps cut in place of
// rounded, half the slope of DPM++ 2M doubled, its last step of second order, eta's share left in DDIM's
// direction, beta and posterior variance swapped, noise in DDPM's last step, Heun's mean slope replaced by
// the second.
#include <gtest/gtest.h>

#include <cmath>

#include "generator.h"
#include "golden_file.h"
#include "sampling/registry.h"

namespace diorama {
namespace {

using nlohmann::json;

// tanh(0.7 x + 0.001 t); the learned variance is sin(3 x).
HostTensor toy_network(const HostTensor& x, double timestep, bool learns_variance) {
  const size_t n = x.values.size();
  HostTensor output(Shape{1, static_cast<int64_t>(learns_variance ? 2 * n : n)});
  for (size_t i = 0; i < n; ++i)
    output.values[i] = std::tanh(0.7f * x.values[i] + 0.001f * static_cast<float>(timestep));
  for (size_t i = n; i < output.values.size(); ++i) output.values[i] = std::sin(3 * x.values[i - n]);
  return output;
}

// IDDPM's own repository has no scheduler config; this one describes what it does.
json scheduler_of(const json& description) {
  json config = description.at("config");
  if (description.at("class") != "IDDPM") return config;
  return {{"_class_name", "DDPMScheduler"},
          {"variance_type", "learned_range"},
          {"clip_sample", false},
          {"timestep_spacing", "linspace"}};
}

class GoldenRun : public ::testing::TestWithParam<std::string> {
 protected:
  test::GoldenFile file_{"schedulers"};
  json description_ = file_.description(GetParam());
  json config_ = scheduler_of(description_);

  HostTensor noise(const std::string& name) const {
    const json& inputs = description_.at("inputs");
    HostTensor noise = test::input(GetParam(), name, inputs.at(name == "noise" ? name : "noise.<step>"));
    return HostTensor(Shape{1, noise.shape[0]}, noise.values);
  }

  // Heun's file counts evaluations: two a step, one for the last.
  std::string sample_name(const Solver& solver, int step) const {
    const int index =
        solver.num_evaluations(0) == 1 ? step : std::min(2 * step + 1, 2 * solver.num_steps() - 2);
    return fmt::format("{}/x.{}", GetParam(), index);
  }
};

TEST_P(GoldenRun, equals_the_published_scheduler) {
  SamplerOptions options{.steps = description_.at("steps").get<int>()};
  if (description_.value("eta", 0.0) != 0) options.eta = description_["eta"].get<double>();
  const auto solver = make_solver(Config::parse(config_.dump(), GetParam()), options);

  std::vector<float> timesteps;
  const bool learns_variance = config_.value("variance_type", "") == "learned_range";
  const Evaluate network = [&](const HostTensor& x, double timestep) {
    timesteps.push_back(static_cast<float>(timestep));
    return toy_network(x, timestep, learns_variance);
  };
  const DrawNoise draw = [&](int step) { return noise(fmt::format("noise.{}", step)); };

  SolverState state{.x = noise("noise")};
  int compared = 0;
  while (state.step < solver->num_steps()) {
    solver->advance(state, network, draw);
    const std::string name = sample_name(*solver, state.step - 1);
    if (!file_.has(name)) continue;
    const HostTensor expected = file_.tensor(name);
    double error = 0;
    double size = 0;
    for (size_t i = 0; i < expected.values.size(); ++i) {
      error += std::pow(state.x.values[i] - expected.values[i], 2);
      size += std::pow(expected.values[i], 2);
    }
    ASSERT_LE(std::sqrt(error / size), 5e-6) << name;
    ++compared;
  }
  EXPECT_GE(compared, std::min(solver->num_steps(), 25));

  const std::vector<float> expected = file_.tensor(GetParam() + "/timesteps").values;
  ASSERT_EQ(timesteps.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(timesteps[i], expected[i], 1e-6 * expected[i]) << i;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Schedulers, GoldenRun, ::testing::ValuesIn(test::GoldenFile("schedulers").cases()),
                         test_name);

}  // namespace
}  // namespace diorama
