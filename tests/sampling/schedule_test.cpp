// Timesteps and noise levels against numbers computed from the published schedules by hand.
#include "sampling/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sampling/registry.h"
#include "sampling/scheduler_config.h"

namespace diorama {
namespace {

using testing::ElementsAre;

Config scheduler(const std::string& json) {
  return Config::parse(json, "scheduler_config.json");
}

std::vector<double> timesteps(const std::string& json, const SamplerOptions& options) {
  std::vector<double> result;
  const auto solver = make_solver(scheduler(json), options);
  for (const ScheduleStep& step : solver->schedule()) result.push_back(step.timestep);
  return result;
}

TEST(Schedule, linear_betas_give_the_published_products) {
  const std::vector<double> alphas = read_alphas_cumprod(scheduler("{}"));
  ASSERT_EQ(alphas.size(), 1000u);
  EXPECT_NEAR(alphas[0], 0.9999, 1e-12);
  EXPECT_NEAR(alphas[1], 0.99978009207, 1e-11);
  EXPECT_NEAR(alphas[249], 0.52408537383, 1e-11);
  EXPECT_NEAR(alphas[499], 0.07858724288, 1e-11);
  EXPECT_NEAR(alphas[749], 0.00335055044, 1e-11);
  EXPECT_NEAR(alphas[999], 4.03582977e-5, 1e-13);
}

TEST(Schedule, scaled_linear_betas_are_squares_of_even_roots) {
  const std::vector<double> alphas = read_alphas_cumprod(scheduler(
      R"({"beta_schedule": "scaled_linear", "beta_start": 0.01, "beta_end": 0.09, "num_train_timesteps": 3})"));
  EXPECT_NEAR(alphas[0], 0.99, 1e-15);
  EXPECT_NEAR(alphas[1], 0.99 * 0.96, 1e-15);
  EXPECT_NEAR(alphas[2], 0.99 * 0.96 * 0.91, 1e-15);
}

TEST(Schedule, iddpm_respacing_is_linspace) {
  EXPECT_THAT(spaced_timesteps(Spacing::linspace, 10, 1000),
              ElementsAre(999, 888, 777, 666, 555, 444, 333, 222, 111, 0));
  EXPECT_THAT(spaced_timesteps(Spacing::linspace, 20, 1000),
              ElementsAre(999, 946, 894, 841, 789, 736, 684, 631, 578, 526, 473, 421, 368, 315, 263, 210, 158,
                          105, 53, 0));
}

TEST(Schedule, leading_never_reaches_the_last_timestep) {
  const std::vector<int> steps = spaced_timesteps(Spacing::leading, 50, 1000);
  EXPECT_EQ(steps.front(), 980);
  EXPECT_EQ(steps[1], 960);
  EXPECT_EQ(steps.back(), 0);
}

TEST(Schedule, trailing_begins_at_the_last_timestep) {
  EXPECT_THAT(spaced_timesteps(Spacing::trailing, 4, 1000), ElementsAre(999, 749, 499, 249));
}

TEST(Schedule, dpmpp_visits_rounded_even_timesteps) {
  const auto solver =
      make_solver(scheduler(R"({"_class_name": "DPMSolverMultistepScheduler"})"), {.steps = 20});
  EXPECT_THAT(timesteps(R"({"_class_name": "DPMSolverMultistepScheduler"})", {.steps = 20}),
              ElementsAre(999, 949, 899, 849, 799, 749, 699, 649, 599, 549, 500, 450, 400, 350, 300, 250, 200,
                          150, 100, 50));
  const auto ratio = [&](int i) {
    const auto& [alpha, sigma] = solver->schedule()[i].from;
    return sigma / alpha;
  };
  EXPECT_NEAR(ratio(0), 157.407281, 2e-3);
  EXPECT_NEAR(ratio(10), 3.442967, 1e-5);
  EXPECT_NEAR(ratio(19), 0.17601, 1e-6);
  EXPECT_EQ(solver->schedule().back().to.sigma, 0);
}

TEST(Schedule, flow_matching_shifts_its_last_sigma_twice) {
  const auto solver = make_solver(
      scheduler(R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0})"), {.steps = 28});
  EXPECT_DOUBLE_EQ(solver->schedule()[0].from.sigma, 1);
  EXPECT_NEAR(solver->schedule()[1].from.sigma, 0.987381, 1e-6);
  EXPECT_NEAR(solver->schedule()[27].from.sigma, 0.008929, 1e-6);
  EXPECT_EQ(solver->schedule()[27].to.sigma, 0);
  EXPECT_NEAR(solver->schedule()[27].timestep, 8.929, 1e-3);
}

TEST(Schedule, dpmpp_on_a_flow_model_starts_below_one) {
  const auto solver = make_solver(scheduler(R"({"_class_name": "DPMSolverMultistepScheduler",
      "prediction_type": "flow_prediction", "use_flow_sigmas": true, "flow_shift": 3.0})"),
                                  {.steps = 20});
  EXPECT_NEAR(solver->schedule()[0].from.sigma, 3 * 0.999 / (1 + 2 * 0.999), 1e-12);
  EXPECT_EQ(solver->schedule()[0].timestep, 999);
  EXPECT_EQ(solver->schedule()[1].timestep, 982);
}

TEST(Schedule, steps_offset_moves_every_timestep) {
  const std::string json = R"({"_class_name": "DDIMScheduler", "steps_offset": 1})";
  EXPECT_THAT(timesteps(json, {.steps = 4}), ElementsAre(751, 501, 251, 1));
}

TEST(Schedule, may_end_at_the_first_trained_level) {
  const std::string ddim = R"({"_class_name": "DDIMScheduler", "set_alpha_to_one": false})";
  const std::string dpm =
      R"({"_class_name": "DPMSolverMultistepScheduler", "final_sigmas_type": "sigma_min"})";
  for (const std::string& json : {ddim, dpm}) {
    const auto solver = make_solver(scheduler(json), {.steps = 4});
    EXPECT_NEAR(solver->schedule().back().to.alpha, std::sqrt(0.9999), 1e-12) << json;
    EXPECT_NEAR(solver->schedule().back().to.sigma, 0.01, 1e-12) << json;
  }
}

TEST(Schedule, each_step_begins_where_the_last_one_ended) {
  const std::string configs[] = {R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 2.0})",
                                 R"({"_class_name": "DPMSolverMultistepScheduler"})",
                                 R"({"_class_name": "DDIMScheduler"})",
                                 R"({"_class_name": "DDPMScheduler"})"};
  for (const std::string& json : configs)
    for (const int steps : {1, 2, 7, 20, 250}) {
      const auto solver = make_solver(scheduler(json), {.steps = steps});
      ASSERT_EQ(solver->num_steps(), steps) << json;
      for (int i = 1; i < steps; ++i)
        ASSERT_EQ(solver->schedule()[i - 1].to.sigma, solver->schedule()[i].from.sigma) << json << steps;
      ASSERT_EQ(solver->schedule().back().to.alpha, 1) << json << steps;
    }
}

}  // namespace
}  // namespace diorama
