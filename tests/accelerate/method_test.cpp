// What every method must hold, on every device, in fp32 and in w4a8 (docs/acceleration.md): computing
// everywhere through its own code changes no byte, what it keeps is what it uses, its counters are the plan
// of its decisions, and a run is repeated from its decisions.
#include <gtest/gtest.h>

#include <set>

#include "accelerate/registry.h"
#include "generator.h"
#include "models/comparison.h"
#include "models/generated_source.h"
#include "models/registry.h"
#include "ops/devices.h"
#include "pipeline/denoiser.h"
#include "sampling/noise.h"
#include "sampling/registry.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

using accelerate::Decisions;

constexpr const char* kPixArt = R"({"_class_name": "PixArtTransformer2DModel", "num_layers": 3,
  "num_attention_heads": 4, "attention_head_dim": 16, "in_channels": 4, "out_channels": 4, "sample_size": 8,
  "patch_size": 1, "caption_channels": 24, "cross_attention_dim": 64, "norm_type": "ada_norm_single",
  "activation_fn": "gelu-approximate", "interpolation_scale": 1})";
constexpr const char* kDiT = R"({"_class_name": "DiTTransformer2DModel", "num_layers": 3,
  "num_attention_heads": 4, "attention_head_dim": 16, "in_channels": 4, "out_channels": 8, "sample_size": 16,
  "patch_size": 2, "num_embeds_ada_norm": 10, "norm_type": "ada_norm_zero"})";
constexpr const char* kFlow = R"({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 1.0})";
constexpr const char* kDiffusion = R"({"_class_name": "DDIMScheduler", "beta_schedule": "linear",
  "beta_start": 0.0001, "beta_end": 0.02, "clip_sample": false, "set_alpha_to_one": true})";
constexpr int kSteps = 6;

struct MethodCase {
  std::string name;
  std::string plan;  // the methods of it
  const char* config = kPixArt;
  const char* scheduler = kFlow;
  double cfg_scale = 3;
  std::string sampler = "";
  double guidance_begin = 0, guidance_end = 1;
  bool saves = true;
};

const std::vector<MethodCase> kCases = {
    {.name = "attention_from_the_last_step", .plan = R"({"method": "attention_sharing", "interval": 3})"},
    {.name = "attention_in_a_window",
     .plan = R"({"method": "attention_sharing", "interval": 3, "window": 0.1})"},
    {.name = "attention_of_one_half",
     .plan = R"({"method": "attention_sharing", "interval": 1, "across_guidance": true})"},
    {.name = "attention_in_a_window_of_one_half",
     .plan = R"({"method": "attention_sharing", "interval": 4, "window": 0.2, "across_guidance": true})"},
    {.name = "attention_by_a_schedule",
     .plan = R"({"method": "attention_sharing", "schedule": ["000", "123", "034", "420", "112", "000"]})"},
    {.name = "attention_of_dit",
     .plan = R"({"method": "attention_sharing", "interval": 2})",
     .config = kDiT,
     .scheduler = kDiffusion},
    {.name = "attention_without_guidance",
     .plan = R"({"method": "attention_sharing", "interval": 2, "window": 0.1})",
     .cfg_scale = 1},
    {.name = "attention_while_guidance_comes_and_goes",
     .plan = R"({"method": "attention_sharing", "interval": 3})",
     .guidance_begin = 0.3,
     .guidance_end = 0.7},
    {.name = "attention_with_two_evaluations_a_step",
     .plan = R"({"method": "attention_sharing", "interval": 3})",
     .sampler = "heun"},
    {.name = "blocks_continued", .plan = R"({"method": "block_caching", "interval": 3, "start": 0.3})"},
    {.name = "blocks_continued_by_hermite",
     .plan = R"({"method": "block_caching", "interval": 2, "start": 0.1, "order": 2, "hermite": true})"},
    {.name = "blocks_held",
     .plan = R"({"method": "block_caching", "order": 0, "first_block": 0.5, "residual": false})",
     .config = kDiT,
     .scheduler = kDiffusion},
    {.name = "blocks_by_a_schedule",
     .plan = R"({"method": "block_caching", "schedule": ["0", "1", "0", "0", "1", "1"]})",
     .guidance_begin = 0.3},
    {.name = "evaluations_left_out", .plan = R"({"method": "evaluation_caching", "threshold": 0.5})"},
    {.name = "evaluations_left_out_by_difference",
     .plan = R"({"method": "evaluation_caching", "threshold": 0.5, "difference": true})",
     .config = kDiT,
     .scheduler = kDiffusion,
     .guidance_end = 0.6},
    {.name = "guidance_reused", .plan = R"({"method": "guidance_reuse", "start": 0})"},
    {.name = "guidance_continued",
     .plan = R"({"method": "guidance_reuse", "interval": 2, "start": 0.1, "order": 1})",
     .config = kDiT,
     .scheduler = kDiffusion,
     .guidance_begin = 0.1},
    {.name = "guidance_damped", .plan = R"({"method": "tangential_guidance"})", .saves = false},
    {.name = "half_of_the_tokens", .plan = R"({"method": "token_pruning", "keep": 0.5, "interval": 3})"},
    {.name = "some_of_the_tokens_with_keys_recomputed",
     .plan = R"({"method": "token_pruning", "keep": 0.2, "growth": 0.6, "cached_keys": false})"},
    {.name = "more_tokens_in_later_blocks",
     .plan = R"({"method": "token_pruning", "keep": 0.4, "depth": 0.5, "first_block": 0.3})",
     .config = kDiT,
     .scheduler = kDiffusion},
    {.name = "tokens_by_a_schedule",
     .plan = R"({"method": "token_pruning", "schedule": ["0", "055", "909", "555", "0", "777"]})",
     .guidance_begin = 0.3,
     .guidance_end = 0.7},
    {.name = "tokens_by_page_rank",
     .plan = R"({"method": "token_pruning", "keep": 0.5, "ranking": 1, "start": 0.1})"},
    {.name = "tokens_under_everything",
     .plan = R"({"method": "token_pruning", "keep": 0.5, "interval": 5, "start": 0.1},
                {"method": "attention_sharing", "interval": 2, "window": 0.2, "across_guidance": true},
                {"method": "guidance_reuse", "interval": 2, "start": 0.2},
                {"method": "evaluation_caching", "threshold": 0.2, "start": 0.3})"},
    {.name = "keys_of_a_coarser_grid", .plan = R"({"method": "key_downsampling"})"},
    {.name = "keys_of_a_coarser_grid_in_the_middle",
     .plan = R"({"method": "key_downsampling", "stride": 3, "first_block": 0.4, "last_block": 0.6})",
     .config = kDiT,
     .scheduler = kDiffusion},
    {.name = "keys_of_a_coarser_grid_for_some_tokens",
     .plan = R"({"method": "key_downsampling"}, {"method": "attention_sharing", "interval": 3},
                {"method": "token_pruning", "cached_keys": false})"},
    {.name = "tokens_merged_by_cells", .plan = R"({"method": "token_merging", "merged": 0.5})"},
    {.name = "tokens_merged_by_energy",
     .plan = R"({"method": "token_merging", "merged": 0.3, "energy": true, "feed_forward": true})",
     .config = kDiT,
     .scheduler = kDiffusion},
    {.name = "tokens_merged_and_keys_cached",
     .plan = R"({"method": "token_merging", "merged": 0.5, "first_block": 0.4},
                {"method": "token_pruning", "keep": 0.5}, {"method": "attention_sharing", "interval": 2})"},
    {.name = "tokens_pruned_after_a_merged_beginning",
     .plan = R"({"method": "token_merging", "merged": 0.5, "start": 0, "end": 0.5},
                {"method": "token_pruning", "keep": 0.5, "start": 0.1, "interval": 6})"},
    {.name = "all_tokens_kept_and_fewer_keys",
     .plan = R"({"method": "token_pruning", "keep": 0.9}, {"method": "key_downsampling"})"},
    {.name = "half_of_the_tokens_and_fewer_keys",
     .plan = R"({"method": "token_pruning", "keep": 0.5}, {"method": "key_downsampling", "start": 0.4}, 
                {"method": "attention_sharing", "interval": 3, "window": 0.2})"},
    {.name = "linears_followed_with_fewer_keys",
     .plan = R"({"method": "increment_caching", "rank": 8}, {"method": "key_downsampling", "start": 0.6})"},
    {.name = "centres_continued_after_whole_tokens",
     .plan = R"({"method": "token_clustering", "start": 0.5, "first_block": 0.3, "last_block": 0.7},
                {"method": "block_caching", "interval": 2, "start": 0.1, "first_block": 0.3,
                 "last_block": 0.7})"},
    {.name = "tokens_clustered", .plan = R"({"method": "token_clustering"})"},
    {.name = "tokens_clustered_in_all_blocks",
     .plan = R"({"method": "token_clustering", "stride": 3, "first_block": 0, "last_block": 1})",
     .config = kDiT,
     .scheduler = kDiffusion},
    {.name = "tokens_clustered_and_blocks_continued",
     .plan = R"({"method": "token_clustering", "start": 0.5}, {"method": "token_pruning", "keep": 0.5},
                {"method": "block_caching", "interval": 3, "start": 0.1, "first_block": 0.4}, 
                {"method": "key_downsampling"}, {"method": "guidance_reuse", "interval": 2})"},
    {.name = "attention_of_one_half_where_only_one_is_computed",
     .plan = R"({"method": "attention_sharing", "interval": 2, "window": 0.2, "across_guidance": true},
                {"method": "guidance_reuse", "interval": 3, "start": 0})"},
    {.name = "whatever_is_left_to_blocks",
     .plan = R"({"method": "evaluation_caching", "threshold": 0.3, "start": 0},
                {"method": "guidance_reuse", "interval": 2, "start": 0, "order": 1},
                {"method": "block_caching", "interval": 2, "start": 0, "order": 2})"},
    {.name = "blocks_with_two_evaluations_a_step",
     .plan = R"({"method": "block_caching", "interval": 2, "start": 0.2},
                {"method": "guidance_reuse", "interval": 3})",
     .sampler = "heun"},
    {.name = "linears_follow_their_input", .plan = R"({"method": "increment_caching", "rank": 8})"},
    {.name = "linears_of_dit",
     .plan = R"({"method": "increment_caching", "interval": 3, "start": 0, "rank": 16})",
     .config = kDiT,
     .scheduler = kDiffusion},
    {.name = "linears_without_guidance",
     .plan = R"({"method": "increment_caching", "rank": 4, "end": 0.8})",
     .cfg_scale = 1},
    {.name = "linears_while_guidance_comes_and_goes",
     .plan = R"({"method": "increment_caching", "schedule": ["0", "1", "1", "0", "1", "1"], "rank": 8})",
     .guidance_begin = 0.3,
     .guidance_end = 0.7},
    {.name = "linears_with_two_evaluations_a_step",
     .plan = R"({"method": "increment_caching", "interval": 3, "rank": 8})",
     .sampler = "heun"},
    {.name = "linears_of_what_is_computed",
     .plan = R"({"method": "increment_caching", "interval": 2, "rank": 8},
                {"method": "attention_sharing", "interval": 3, "across_guidance": true},
                {"method": "guidance_reuse", "interval": 3, "start": 0},
                {"method": "evaluation_caching", "threshold": 0.3, "start": 0})"},
    {.name = "linears_within_blocks", .plan = R"({"method": "increment_caching", "interval": 2, "rank": 8},
                {"method": "block_caching", "interval": 2, "start": 0.3, "last_block": 0.5})"},
    {.name = "all_at_once",
     .plan = R"({"method": "attention_sharing", "interval": 2, "across_guidance": true},
                {"method": "block_caching", "interval": 2, "start": 0.3, "first_block": 0.5},
                {"method": "guidance_reuse", "interval": 2, "start": 0.2})"},
    {.name = "blocks_and_attention", .plan = R"({"method": "attention_sharing", "interval": 2},
                {"method": "block_caching", "interval": 3, "start": 0.3, "last_block": 0.5})"},
};

struct Outcome {
  HostTensor latent;
  uint64_t macs = 0;
  uint64_t full_macs = 0;
  uint64_t planned_macs = 0;  // of its decisions
  RunForecast forecast;
  size_t cache_bytes = 0;
  nlohmann::json decisions;
};

accelerate::Plan plan_of(const MethodCase& c) {
  return accelerate::Plan::read(Config::parse(R"({"methods": [)" + c.plan + "]}", "plan"));
}

class Methods : public ::testing::TestWithParam<std::tuple<TestDevice, std::string, MethodCase>> {
 protected:
  Methods()
      : device_(*std::get<0>(GetParam()).device),
        case_(std::get<2>(GetParam())),
        network_(models::make_transformer(Config::parse(case_.config, "test"))),
        weights_(nn::Weights::load(network_->tensors(), GeneratedSource(), device_,
                                   find_format(std::get<1>(GetParam())))),
        solver_(
            make_solver(Config::parse(case_.scheduler, "test"), {.sampler = case_.sampler, .steps = kSteps})),
        guidance_({.scale = case_.cfg_scale, .begin = case_.guidance_begin, .end = case_.guidance_end}) {}

  Outcome run(const accelerate::Plan& plan, Decisions decisions = Decisions(), bool poisoned = false) {
    const auto geometry = network_->geometry();
    const auto halves = halves_of_run(guidance_, kSteps);
    const Shape latent{1, 4, geometry.sample_size, geometry.sample_size};
    const auto shape = run_shape(*solver_, guidance_, geometry, latent);
    accelerate::Run acceleration(plan, shape, std::move(decisions));
    if (poisoned) acceleration.caches().poison();
    Denoiser denoiser({device_, *network_, weights_, *solver_, guidance_, acceleration},
                      inputs(static_cast<int64_t>(halves.size())), latent);
    Outcome outcome;
    outcome.forecast = denoiser.forecast();
    outcome.latent = denoiser.run(normal_noise(latent, 5, 0), 5, {});
    outcome.macs = denoiser.executed_macs();
    outcome.full_macs = denoiser.full_macs();
    outcome.cache_bytes = acceleration.caches().byte_size();
    outcome.decisions = acceleration.decisions().to_json();
    outcome.planned_macs = denoiser.planned_macs(made(outcome.decisions));
    return outcome;
  }
  Outcome off() { return run(accelerate::Plan()); }
  Outcome on() { return run(plan_of(case_)); }

  static Decisions made(const nlohmann::json& decisions) {
    return Decisions::read(Config::parse(decisions.dump(), "decisions"));
  }

  models::ConditionInputs inputs(int64_t lanes) const {
    models::ConditionInputs given;
    if (network_->geometry().num_classes > 0) {
      given.classes = {10, 3};
      given.classes.erase(given.classes.begin(), given.classes.end() - lanes);
    } else {
      given.text = input("methods", "text", {{"shape", {lanes, 5, 24}}, {"amplitude", 1.0}});
      given.text_mask = HostTensor({lanes, 5}, std::vector<float>(static_cast<size_t>(5 * lanes), 1.0f));
    }
    return given;
  }

  Device& device_;
  MethodCase case_;
  std::unique_ptr<models::Transformer> network_;
  nn::Weights weights_;
  std::unique_ptr<Solver> solver_;
  Guidance guidance_;
};

TEST_P(Methods, computing_everywhere_changes_no_byte_even_with_poisoned_caches) {
  const Outcome plain = off();
  const auto plan = plan_of(case_);
  EXPECT_EQ(run(plan, Decisions(Decisions::Mode::compute)).latent.values, plain.latent.values);
  EXPECT_EQ(run(plan, Decisions(Decisions::Mode::compute), true).latent.values, plain.latent.values);
}

TEST_P(Methods, what_is_used_again_comes_from_the_caches) {
  const auto plan = plan_of(case_);
  const Outcome clean = on();
  if (clean.cache_bytes == 0) {  // the method keeps nothing
    EXPECT_EQ(run(plan, Decisions(), true).latent.values, clean.latent.values);
    return;
  }
  expect_fault(Fault::unusable_result, {}, [&] { run(plan, Decisions(), true); });
}

TEST_P(Methods, work_is_saved_as_planned_and_announced) {
  const Outcome plain = off();
  const Outcome accelerated = on();
  EXPECT_NE(accelerated.latent.values, plain.latent.values);
  EXPECT_LT(relative_l2(accelerated.latent, plain.latent), 0.7);
  EXPECT_EQ(accelerated.full_macs, plain.macs);
  if (case_.saves)
    EXPECT_LT(accelerated.macs, plain.macs);
  else
    EXPECT_EQ(accelerated.macs, plain.macs);
  EXPECT_EQ(accelerated.macs, accelerated.planned_macs);
  EXPECT_EQ(accelerated.forecast.full_macs, plain.macs);
  EXPECT_LE(accelerated.macs, accelerated.forecast.macs);
  EXPECT_LE(accelerated.cache_bytes, accelerated.forecast.cache_bytes);
}

TEST_P(Methods, a_run_is_repeated_from_its_decisions) {
  const Outcome first = on();
  const Outcome again = run(plan_of(case_), made(first.decisions));
  EXPECT_EQ(again.latent.values, first.latent.values);
  EXPECT_EQ(again.macs, first.macs);
  EXPECT_EQ(again.decisions, first.decisions);
}

// Decisions come from files: a run must not follow them into nothing.
TEST_P(Methods, hostile_decisions_are_refused_or_compute) {
  const auto plan = plan_of(case_);
  const size_t evaluations = evaluations_of_run(*solver_, guidance_).size();
  const auto blocks = static_cast<size_t>(network_->geometry().num_blocks);
  const auto filled = [&](size_t rows, size_t places) {
    nlohmann::json all;
    for (const accelerate::MethodUse& use : plan.uses)
      all[std::string(use.method->name)] =
          std::vector<std::string>(rows, std::string(places, static_cast<char>('0' + use.method->most)));
    return all;
  };
  nlohmann::json unknown;
  for (const accelerate::MethodUse& use : plan.uses) unknown[std::string(use.method->name)] = {"9"};
  if (std::ranges::any_of(plan.uses, [](auto& use) { return use.method->most < 9; }))
    expect_fault(Fault::usage, {"another version"}, [&] { run(plan, made(unknown)); });
  expect_fault(Fault::usage, {"are not there"}, [&] { run(plan, made(nlohmann::json::object())); });
  expect_fault(Fault::usage, {"another run"}, [&] { run(plan, made(filled(evaluations + 1, blocks))); });
  expect_fault(Fault::usage, {"another run"}, [&] { run(plan, made(filled(evaluations, blocks + 1))); });
  try {
    const Outcome followed =
        run(plan, made(filled(evaluations, blocks)));  // nothing was asked for that is not there
    EXPECT_EQ(followed.macs, followed.planned_macs);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::usage) << error.what();
    EXPECT_NE(std::string(error.what()).find("another run"), std::string::npos) << error.what();
  }
}

std::string name_of(const testing::TestParamInfo<Methods::ParamType>& info) {
  return std::get<0>(info.param).name + "_" + std::get<1>(info.param) + "_" + std::get<2>(info.param).name;
}

// Every case on every device in fp32, and on the processor in w4a8 too. Software Vulkan takes ten times as
// long for w4a8 as for fp32, so that it runs only the first case of each method there.
std::vector<Methods::ParamType> method_cases() {
  std::vector<Methods::ParamType> all;
  for (const TestDevice& device : main_test_devices())
    for (const std::string format : {"f32", "w4a8"}) {
      std::set<const accelerate::Method*> seen;
      for (const MethodCase& c : kCases) {
        const accelerate::Method* method = plan_of(c).uses.front().method;
        const bool first = seen.insert(method).second;
        if (first || format == "f32" || device.name.starts_with("cpu")) all.emplace_back(device, format, c);
      }
    }
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, Methods, ::testing::ValuesIn(method_cases()), name_of);

}  // namespace
}  // namespace diorama::test
