// Where plans are kept: what stands in the way is found before the search, and no plan that was there is
// lost.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/acceleration.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBroken[] = {
    R"({"acceleration": []})",
    R"({"acceleration": "fast"})",
    R"({"acceleration": {"fast": 5}})",
    R"({"acceleration": {"fast": {"methods": [], "tuned": "well"}}})",
    R"({"acceleration": {"fast": {"methods": [], "tuned": {"steps": "many"}}}})",
    R"({"acceleration": {}, "preview": -Infinity})",
    R"([])",
    R"({"acceleration": )",
    "",
};

class SavedPlansTest : public testing::Test {
 protected:
  SavedPlansTest() {
    ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
    for (const char* name : {"scheduler/scheduler_config.json", "model_index.json"})
      folder_.write(std::string("model/") + name, "{}");
  }
  ~SavedPlansTest() override { ::unsetenv("XDG_DATA_HOME"); }

  void describe(const std::string& text) const { folder_.write("model/diorama.json", text); }
  fs::path description() const { return folder_ / "model/diorama.json"; }
  ModelFolder model() const { return ModelFolder::open(folder_ / "model"); }
  nlohmann::json kept() const { return nlohmann::json::parse(read_text_file(description())); }
  fs::path kept_elsewhere() const {
    return folder_ / "data/diorama/acceleration" / (model().content_hash() + ".json");
  }

  accelerate::Plan plan(const std::string& name, int steps, const std::string& precision = "f32") const {
    accelerate::Plan plan = *untuned_plan("fast");
    plan.name = name;
    plan.tuned = {.model_hash = model().content_hash(),
                  .width = 128,
                  .height = 128,
                  .steps = steps,
                  .sampler = "euler",
                  .cfg_scale = 4.5,
                  .precision = precision,
                  .device = "cpu"};
    return plan;
  }

  TestFolder folder_;
};

TEST_F(SavedPlansTest, keep_what_else_the_description_says_in_its_order) {
  describe(
      R"({"zebra": 1, "name": "M", "acceleration": {"mine": {"methods": []}}, "apple": {"b": 1, "a": 2}})");
  const std::string before = read_text_file(description());
  try_to_save_plans(model());
  EXPECT_EQ(read_text_file(description()), before) << "trying changes nothing";
  const SavedPlans saved = save_plans(model(), {plan("fast", 20)});
  EXPECT_EQ(saved.file, fs::canonical(description()));
  EXPECT_TRUE(saved.notes.empty());
  const std::string text = read_text_file(description());
  EXPECT_LT(text.find("zebra"), text.find("apple"));
  EXPECT_LT(text.find("\"b\""), text.find("\"a\""));
  EXPECT_TRUE(kept()["acceleration"].contains("mine"));
  EXPECT_EQ(choose_acceleration(model(), "fast").plan->tuned->steps, 20);
}

TEST_F(SavedPlansTest, a_plan_for_other_settings_goes_on_under_another_name) {
  describe("{}");
  save_plans(model(), {plan("fast", 20)});
  const SavedPlans saved = save_plans(model(), {plan("fast", 3)});
  ASSERT_EQ(saved.notes.size(), 1u);
  EXPECT_NE(saved.notes[0].find("fast-20-steps"), std::string::npos) << saved.notes[0];
  EXPECT_EQ(choose_acceleration(model(), "fast").plan->tuned->steps, 3);
  EXPECT_EQ(choose_acceleration(model(), "fast-20-steps").plan->tuned->steps, 20);
  EXPECT_TRUE(save_plans(model(), {plan("fast", 3, "bf16")}).notes.empty()) << "tuned for the same";

  save_plans(model(), {plan("fast", 20)});
  save_plans(model(), {plan("fast", 3)});
  EXPECT_EQ(kept()["acceleration"].size(), 3u) << "turn by turn they take each other's places";
  accelerate::Plan large = plan("fast", 3);
  large.tuned->width = 512;
  save_plans(model(), {large});
  save_plans(model(), {plan("fast", 3, "w4a8")});
  for (const char* name : {"fast-20-steps", "fast-3-steps", "fast-128x128", "fast-512x128"})
    EXPECT_TRUE(kept()["acceleration"].contains(name)) << name << " in " << kept().dump(2);
}

TEST_F(SavedPlansTest, a_plan_of_somebody_else_is_not_lost) {
  describe(R"({"acceleration": {"target": {"methods": [{"method": "guidance_reuse"}]}}})");
  EXPECT_EQ(save_plans(model(), {plan("target", 3)}).notes.size(), 1u);
  EXPECT_EQ(choose_acceleration(model(), "target-earlier").plan->uses.size(), 1u);
  const std::string longest(64, 'n');
  save_plans(model(), {plan(longest, 3)});
  save_plans(model(), {plan(longest, 4)});
  for (const std::string& name : known_plans(model())) EXPECT_NO_THROW(choose_acceleration(model(), name));
}

TEST_F(SavedPlansTest, damage_is_found_before_the_search_and_named) {
  for (const char* broken : kBroken) {
    describe("{}");
    const ModelFolder opened = model();
    describe(broken);
    expect_fault(Fault::model_file, {"model/diorama.json"}, [&] { try_to_save_plans(opened); });
    expect_fault(Fault::model_file, {"model/diorama.json"}, [&] { save_plans(opened, {plan("fast", 3)}); });
    EXPECT_EQ(read_text_file(description()), broken) << "is left as it is";
  }
  std::string wide = R"({"acceleration": {}, "x": {"0": 0)";
  for (int i = 1; i < 100'000; ++i) wide += fmt::format(", \"{}\": 0", i);
  describe("{}");
  const ModelFolder opened = model();
  describe(wide + "}}");
  expect_fault(Fault::model_file, {"model/diorama.json"}, [&] { try_to_save_plans(opened); });
}

TEST_F(SavedPlansTest, a_description_that_is_not_there_is_not_made) {
  const SavedPlans saved = save_plans(model(), {plan("fast", 20)});
  EXPECT_EQ(saved.file, kept_elsewhere());
  EXPECT_FALSE(fs::exists(description()));
  EXPECT_EQ(choose_acceleration(model(), "fast").plan->tuned->steps, 20);
  for (const char* broken : {"", "[]", "{", R"({"fast": 3})"}) {
    write_file_atomically(kept_elsewhere(), std::string_view(broken));
    expect_fault(Fault::file_system, {model().content_hash()}, [&] { try_to_save_plans(model()); });
  }
}

TEST_F(SavedPlansTest, without_a_place_it_is_said_first) {
  ::setenv("XDG_DATA_HOME", "/proc/none", 1);
  expect_fault(Fault::file_system, {"/proc/none"}, [&] { try_to_save_plans(model()); });
  EXPECT_EQ(choose_acceleration(model(), "fast").plan->uses.size(), 1u);
}

TEST_F(SavedPlansTest, of_several_at_once_none_is_lost) {
  describe("{}");
  constexpr int kRuns = 8, kPlans = 5;
  const ModelFolder opened = model();
  for (int run = 0; run < kRuns; ++run)
    if (::fork() == 0) {
      for (int i = 0; i < kPlans; ++i) save_plans(opened, {plan(fmt::format("plan-{}-{}", run, i), 20)});
      ::_exit(0);
    }
  for (int run = 0; run < kRuns; ++run) ::wait(nullptr);
  EXPECT_EQ(kept()["acceleration"].size(), static_cast<size_t>(kRuns * kPlans));
}

}  // namespace
}  // namespace diorama::test
