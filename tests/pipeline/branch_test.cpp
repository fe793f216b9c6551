// Branches: a run goes on from a step of another, and its recipe alone makes it again.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cpu/device.h"
#include "io/model_folder.h"
#include "io/png.h"
#include "pipeline/acceleration.h"
#include "pipeline/branch.h"
#include "pipeline/pipeline.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

const std::string kModel = std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini";
constexpr int kSteps = 8;
constexpr int kStep = 3;

class BranchTest : public ::testing::Test {
 protected:
  BranchTest() : pipeline_(ModelFolder::open(kModel), device_, choose_precision("f32", device_)) {}

  static RenderRequest request(const std::string& sampler = "euler") {
    return {.prompt = "a rocket, 3d on a teal background", .steps = kSteps, .sampler = sampler, .seed = 7};
  }

  struct Parent {
    RenderResult result;
    std::vector<SolverState> states;  // after each step

    Branch branch(int step, bool with_state = true) const {
      Branch branch{.parent = result.recipe, .step = step};
      if (with_state) branch.state = states.at(static_cast<size_t>(step) - 1);
      return branch;
    }
  };
  Parent paint(const RenderRequest& what) {
    Parent parent;
    RenderObserver observer;
    observer.on_step = [&](const StepReport& report) { parent.states.push_back(*report.state); };
    parent.result = pipeline_.render(what, observer);
    return parent;
  }
  static RenderRequest branched(RenderRequest request, Branch branch) {
    request.branch = std::move(branch);
    return request;
  }
  // Through the file that a picture is kept in.
  static RenderRequest read_back(const RenderResult& result) {
    const std::string file = encode_png(result.image, recipe_texts(result.recipe));
    const auto texts = read_png_texts(std::as_bytes(std::span(file)), "picture");
    return request_of(read_recipe(texts, "picture").value(), false, "picture");
  }

  cpu::Device device_;
  Pipeline pipeline_;
};

TEST_F(BranchTest, with_nothing_changed_is_the_parent_for_every_sampler) {
  for (const char* sampler : {"euler", "heun", "dpmpp-2m"}) {
    const Parent parent = paint(request(sampler));
    ASSERT_EQ(parent.states.size(), static_cast<size_t>(kSteps));
    const RenderResult same = pipeline_.render(branched(request(sampler), parent.branch(kStep)));
    EXPECT_EQ(same.image, parent.result.image) << sampler;
    EXPECT_EQ(same.latent.values, parent.result.latent.values) << sampler;
    EXPECT_TRUE(same.recipe.branch.at("change").empty()) << same.recipe.branch.dump();
  }
}

TEST_F(BranchTest, with_another_prompt_keeps_the_latent_and_repeats_from_its_file) {
  const Parent parent = paint(request("dpmpp-2m"));
  RenderRequest what = request("dpmpp-2m");
  what.prompt = "a pizza, 3d on a teal background";
  what.cfg_scale = 6;
  const RenderResult child = pipeline_.render(branched(what, parent.branch(kStep)));
  EXPECT_NE(child.image, parent.result.image);
  EXPECT_NE(child.image, pipeline_.render(what).image) << "the branch began anew";
  EXPECT_EQ(child.recipe.branch.at("step"), kStep);
  EXPECT_EQ(child.recipe.branch.at("parent"), to_json(parent.result.recipe));
  EXPECT_EQ(child.recipe.branch.at("change"), nlohmann::json({{"prompt", what.prompt}, {"cfg_scale", 6.0}}));

  const RenderResult again = pipeline_.render(read_back(child));
  EXPECT_EQ(again.image, child.image);
  EXPECT_EQ(again.recipe, child.recipe);
}

TEST_F(BranchTest, with_another_seed_noises_the_prediction_again) {
  const Parent parent = paint(request("dpmpp-2m"));
  RenderRequest what = request("dpmpp-2m");
  what.seed = 8;
  Branch branch = parent.branch(kStep);
  const RenderResult child = pipeline_.render(branched(what, branch));
  EXPECT_NE(child.image, parent.result.image);
  EXPECT_EQ(child.recipe.branch.at("change"), nlohmann::json({{"seed", 8}}));
  EXPECT_EQ(pipeline_.render(read_back(child)).image, child.image);

  for (float& value : branch.state->x.values) value += 1;  // plays no part
  EXPECT_EQ(pipeline_.render(branched(what, branch)).image, child.image);
  branch.state->x0.values[0] += 1;
  EXPECT_NE(pipeline_.render(branched(what, branch)).latent.values, child.latent.values);
}

TEST_F(BranchTest, a_long_line_of_branches_ends_before_its_file_cannot_be_read) {
  Recipe recipe = paint(request()).result.recipe;
  for (int i = 0; i < 16; ++i) {
    Recipe child = recipe;
    child.branch = {{"parent", to_json(recipe)}, {"step", 1}, {"change", nlohmann::json::object()}};
    EXPECT_NO_THROW(check_branch({.parent = recipe, .step = 1}, child)) << i;
    recipe = child;
  }
  EXPECT_EQ(recipe_from_json(to_json(recipe).dump(), "long"), recipe);
  expect_fault(Fault::usage, {"begin a new one"},
               [&] { check_branch({.parent = recipe, .step = 1}, recipe); });
}

TEST_F(BranchTest, of_a_branch_of_an_accelerated_picture_repeats_from_its_file) {
  RenderRequest what = request();
  what.acceleration = choose_acceleration(pipeline_.folder(), "fast").plan;
  const Parent parent = paint(what);
  ASSERT_LT(parent.result.executed_macs, parent.result.full_macs);
  what.seed = 9;
  const Parent child = paint(branched(what, parent.branch(2)));
  EXPECT_EQ(child.result.recipe.branch.at("change"), nlohmann::json({{"seed", 9}}));
  ASSERT_EQ(child.states.size(), static_cast<size_t>(kSteps - 2));
  Branch second{.parent = child.result.recipe, .step = 5, .state = child.states.at(2)};
  what.prompt = "a robot, 3d on a mint background";
  what.acceleration = choose_acceleration(pipeline_.folder(), "balanced").plan;
  const RenderResult grandchild = pipeline_.render(branched(what, second));
  EXPECT_EQ(grandchild.recipe.branch.at("change"),
            nlohmann::json({{"prompt", what.prompt}, {"acceleration", "balanced"}}));
  std::vector<int> of_parents, own;
  RenderObserver observer;
  observer.on_parent_step = [&](const StepReport& report) { of_parents.push_back(report.step); };
  observer.on_step = [&](const StepReport& report) { own.push_back(report.step); };
  const RenderResult again = pipeline_.render(read_back(grandchild), observer);
  EXPECT_EQ(of_parents, (std::vector{1, 2, 3, 4, 5})) << "of both ancestors";
  EXPECT_EQ(own.front(), 6);
  EXPECT_EQ(own.back(), kSteps);
  EXPECT_EQ(again.image, grandchild.image);
  EXPECT_EQ(again.recipe, grandchild.recipe);
  EXPECT_EQ(again.executed_macs, grandchild.executed_macs);

  const RenderResult exact = pipeline_.render(request_of(grandchild.recipe, true, "picture"));
  EXPECT_EQ(to_json(exact.recipe).dump().find("\"made\""), std::string::npos);
  EXPECT_EQ(exact.executed_macs, exact.full_macs);
  EXPECT_EQ(exact.recipe.branch.at("change"), nlohmann::json({{"prompt", what.prompt}}));
  EXPECT_EQ(exact.recipe.branch.at("parent").at("branch").at("change"), nlohmann::json({{"seed", 9}}));
}

TEST_F(BranchTest, keeps_model_size_steps_and_noise) {
  const Parent parent = paint(request());
  for (const int step : {0, kSteps})
    expect_fault(Fault::usage, {"branch", "1 to 7"}, [&] {
      pipeline_.render(branched(request(), Branch{.parent = parent.result.recipe, .step = step}));
    });
  RenderRequest longer = request();
  longer.steps = kSteps + 1;
  expect_fault(Fault::usage, {"keeps size and steps", "8 steps"},
               [&] { pipeline_.render(branched(longer, parent.branch(kStep))); });
  RenderRequest wider = request();
  wider.width = 256;
  expect_fault(Fault::usage, {"keeps size and steps", "128 x 128"},
               [&] { pipeline_.render(branched(wider, parent.branch(kStep))); });
  Branch foreign = parent.branch(kStep);
  foreign.parent.model_hash = "0123456789abcdef";
  expect_fault(Fault::usage, {"another model"}, [&] { pipeline_.render(branched(request(), foreign)); });
  Branch coarse = parent.branch(kStep);
  coarse.parent.precision = "bf16";
  expect_fault(Fault::usage, {"precision bf16"}, [&] { pipeline_.render(branched(request(), coarse)); });
  expect_fault(Fault::usage, {"keep the sampler"},
               [&] { pipeline_.render(branched(request("dpmpp-2m"), parent.branch(kStep))); });
}

TEST_F(BranchTest, of_another_sampler_with_the_same_levels_goes_on) {
  const Parent parent = paint(request());
  const RenderResult child = pipeline_.render(branched(request("heun"), parent.branch(kStep)));
  EXPECT_EQ(child.recipe.sampler, "heun");
  EXPECT_EQ(pipeline_.render(read_back(child)).image, child.image);
}

TEST(ReadBranch, wants_a_parent) {
  Recipe recipe;
  EXPECT_FALSE(read_branch(recipe, "picture").has_value());
  recipe.branch = {{"step", 3}};
  expect_fault(Fault::file_system, {"picture", "parent"}, [&] { read_branch(recipe, "picture"); });
  recipe.branch = 3;
  expect_fault(Fault::file_system, {"picture"}, [&] { read_branch(recipe, "picture"); });
}

}  // namespace
}  // namespace diorama::test
