#include "sampling/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace diorama {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Config scheduler(const std::string& json) {
  return Config::parse(json, "scheduler_config.json");
}

const std::string kFlow = R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 1.0})";
const std::string kDiffusion = R"({"_class_name": "DDIMScheduler", "clip_sample": false})";

// The message of the error, checked to be of this kind.
std::string refusal(Fault fault, const std::string& json, const SamplerOptions& options = {}) {
  try {
    make_solver(scheduler(json), options);
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.fault()), static_cast<int>(fault)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << json;
  return {};
}

TEST(Samplers, are_chosen_by_the_scheduler_class) {
  for (const Sampler& sampler : samplers()) {
    const auto config = scheduler(R"({"_class_name": ")" + std::string(sampler.scheduler_class) + "\"}");
    EXPECT_EQ(choose_sampler(config, "").name, sampler.name);
  }
}

// As PixArt and Sana ship it, with a word that JSON lacks.
TEST(Samplers, read_a_published_scheduler_config) {
  const auto solver = make_solver(scheduler(R"({
  "_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.22.0.dev0",
  "algorithm_type": "dpmsolver++", "beta_end": 0.02, "beta_schedule": "linear", "beta_start": 0.0001,
  "dynamic_thresholding_ratio": 0.995, "euler_at_final": false, "lambda_min_clipped": -Infinity,
  "lower_order_final": true, "num_train_timesteps": 1000, "prediction_type": "epsilon", "sample_max_value": 1.0,
  "solver_order": 2, "solver_type": "midpoint", "steps_offset": 0, "thresholding": false,
  "timestep_spacing": "linspace", "trained_betas": null, "use_karras_sigmas": false, "use_lu_lambdas": false,
  "variance_type": null})"),
                                  {.steps = 20});
  EXPECT_EQ(solver->schedule()[10].timestep, 500);
}

TEST(Samplers, asked_for_by_name_win) {
  EXPECT_EQ(choose_sampler(scheduler(kFlow), "heun").name, "heun");
  EXPECT_EQ(choose_sampler(scheduler(kDiffusion), "dpmpp-2m").name, "dpmpp-2m");
}

TEST(Samplers, unknown_names_list_those_that_fit) {
  EXPECT_THAT(refusal(Fault::usage, kFlow, {.sampler = "plms"}),
              AllOf(HasSubstr("plms"), HasSubstr("euler, heun, dpmpp-2m"), Not(HasSubstr("ddim"))));
}

TEST(Samplers, that_do_not_fit_the_model_name_those_that_do) {
  EXPECT_THAT(refusal(Fault::usage, kFlow, {.sampler = "ddim"}), HasSubstr("euler, heun, dpmpp-2m"));
  EXPECT_THAT(refusal(Fault::usage, kDiffusion, {.sampler = "euler"}), HasSubstr("dpmpp-2m, ddim, ddpm"));
}

TEST(Samplers, unknown_scheduler_classes_list_the_known_ones) {
  EXPECT_THAT(refusal(Fault::model_file, R"({"_class_name": "UniPCMultistepScheduler"})"),
              AllOf(HasSubstr("UniPCMultistepScheduler"), HasSubstr("DDIMScheduler")));
  refusal(Fault::model_file, "{}");
  refusal(Fault::model_file, R"({"_class_name": 3})");
}

TEST(Samplers, refuse_schedules_they_would_get_wrong) {
  const std::string open = R"({"_class_name": "FlowMatchEulerDiscreteScheduler", )";
  EXPECT_THAT(refusal(Fault::model_file, open + R"("use_dynamic_shifting": true})"),
              HasSubstr("use_dynamic_shifting"));
  refusal(Fault::model_file, open + R"("shift_terminal": 0.1})");
  refusal(Fault::model_file, open + R"("shift": -1})");
  refusal(Fault::model_file, open + R"("num_train_timesteps": 0})");
  const std::string dpm = R"({"_class_name": "DPMSolverMultistepScheduler", )";
  refusal(Fault::model_file, dpm + R"("algorithm_type": "sde-dpmsolver++"})");
  refusal(Fault::model_file, dpm + R"("solver_order": 3})");
  refusal(Fault::model_file, dpm + R"("use_karras_sigmas": true})");
  refusal(Fault::model_file, dpm + R"("prediction_type": "flow_prediction"})");
  refusal(Fault::model_file, dpm + R"("lambda_min_clipped": -3.0})");
  const std::string ddim = R"({"_class_name": "DDIMScheduler", )";
  refusal(Fault::model_file, ddim + R"("beta_schedule": "squaredcos_cap_v2"})");
  refusal(Fault::model_file, ddim + R"("beta_start": "x"})");
  refusal(Fault::model_file, ddim + R"("prediction_type": "flow_prediction"})");
  refusal(Fault::model_file, ddim + R"("steps_offset": 900})");
}

TEST(Samplers, refuse_settings_out_of_range_or_of_other_samplers) {
  refusal(Fault::usage, kFlow, {.steps = 0});
  refusal(Fault::usage, kFlow, {.steps = 1001});
  refusal(Fault::usage, kFlow, {.eta = 0.5});
  refusal(Fault::usage, kFlow, {.shift = 0});
  refusal(Fault::usage, kDiffusion, {.shift = 3});
  refusal(Fault::usage, kDiffusion, {.eta = 1.5});
  // 1001 levels cannot be told apart among 1000 timesteps.
  refusal(Fault::usage, kDiffusion, {.sampler = "dpmpp-2m", .steps = 1000});
}

TEST(Samplers, ddpm_needs_the_variance_its_scheduler_promises) {
  const auto solver =
      make_solver(scheduler(R"({"_class_name": "DDPMScheduler", "variance_type": "learned_range"})"), {});
  SolverState state{.x = HostTensor(Shape{1, 1, 1, 1}, {0.5f})};
  try {
    solver->advance(
        state, [](const HostTensor& x, double) { return x; }, [&](int) { return state.x; });
    FAIL() << "sampled without a variance";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::model_file);
  }
}

}  // namespace
}  // namespace diorama
