// Acceleration on the command line: what was done is in the picture, can be repeated and undone.
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/program.h"

namespace diorama::test {
namespace {

class AccelerationTest : public ::testing::Test {
 protected:
  Output run(const std::vector<std::string>& arguments) const { return run_program(folder_, arguments); }
  Output render(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"render", "--device", "cpu", "--progress", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  Output paint(std::vector<std::string> more) const {
    more.insert(more.end(), {"-p", "a red apple", "--steps", "6", "--seed", "5", "--precision", "f32"});
    return render(std::move(more));
  }
  bool identical(const std::string& a, const std::string& b) const {
    return nlohmann::json::parse(run({"compare", a, b, "--json"}).out).at("identical");
  }
  nlohmann::json recipe(const std::string& picture) const {
    return nlohmann::json::parse(run({"metadata", "--json", picture}).out);
  }

  // The first event of a type.
  static nlohmann::json event(const Output& output, const std::string& type) {
    std::istringstream lines(output.out);
    for (std::string line; std::getline(lines, line);)
      if (auto event = nlohmann::json::parse(line); event.at("type") == type) return event;
    ADD_FAILURE() << "no " << type << " in\n" << output.out << output.err;
    return {};
  }

  TestFolder folder_;
};

TEST_F(AccelerationTest, a_picture_is_repeated_and_undone_from_its_file) {
  const Output fast = paint({"--accelerate", "balanced", "-o", "fast.png", "--compare-exact"});
  ASSERT_EQ(fast.code, 0) << fast.err;
  EXPECT_NE(fast.err.find("was tuned for 128 x 128, 20 steps"), std::string::npos) << fast.err;
  const auto image = event(fast, "image");
  EXPECT_LT(image.at("macs").at("executed"), image.at("macs").at("full"));
  EXPECT_EQ(image.at("macs").at("executed"), event(fast, "plan").at("macs").at("planned"));
  const auto comparison = event(fast, "comparison");
  EXPECT_GT(comparison.at("psnr"), 10);
  EXPECT_LT(comparison.at("psnr"), 60);
  EXPECT_FALSE(identical("fast.png", "fast-exact.png"));

  const Output again = render({"--replay", "fast.png", "-o", "again.png"});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(event(again, "image").at("macs"), image.at("macs"));
  EXPECT_TRUE(identical("fast.png", "again.png"));
  EXPECT_EQ(recipe("again.png"), recipe("fast.png"));

  ASSERT_EQ(render({"--exact", "fast.png", "-o", "exact.png"}).code, 0);
  EXPECT_TRUE(identical("exact.png", "fast-exact.png"));
  ASSERT_EQ(paint({"-o", "off.png"}).code, 0);
  EXPECT_TRUE(identical("exact.png", "off.png"));
  EXPECT_EQ(recipe("exact.png").at("acceleration"), "off");
}

TEST_F(AccelerationTest, plans_come_from_files_and_batch_lines) {
  folder_.write("mine.json", R"({"name": "mine", "methods": [{"method": "guidance_reuse", "start": 0.2}]})");
  folder_.write("jobs.jsonl", R"({"prompt": "a cat", "steps": 4, "accelerate": "mine.json"})"
                              "\n"
                              R"({"prompt": "a cat", "steps": 4, "accelerate": "nothing"})"
                              "\n");
  const Output output = render({"--batch", "jobs.jsonl", "--seed", "1"});
  EXPECT_EQ(output.code, 6) << output.err;
  EXPECT_EQ(event(output, "image").at("acceleration"), "mine");
  EXPECT_NE(output.err.find("has no plan nothing; choose balanced, fast, off"), std::string::npos)
      << output.err;
}

TEST_F(AccelerationTest, a_method_that_cannot_engage_says_why) {
  folder_.write("late.json", R"({"methods": [{"method": "block_caching", "start": 0.95}]})");
  EXPECT_NE(paint({"--accelerate", "late.json"}).err.find("block_caching: the run is over before"),
            std::string::npos);
  folder_.write("halves.json", R"({"methods": [{"method": "guidance_reuse"}]})");
  EXPECT_NE(paint({"--accelerate", "halves.json", "--cfg-scale", "1"}).err.find("no second half"),
            std::string::npos);
  EXPECT_EQ(paint({"--accelerate", "balanced"}).err.find("adds new noise"), std::string::npos);
  folder_.write("never.json", R"({"methods": [{"method": "evaluation_caching", "threshold": 0}]})");
  EXPECT_NE(paint({"--accelerate", "never.json"}).err.find("computed everything"), std::string::npos);
}

TEST_F(AccelerationTest, broken_plans_and_foreign_pictures_are_refused) {
  for (
      const auto& [plan, complaint] : std::map<std::string, std::string>{
          {R"({"methods": [{"method": "magic"}]})", "expected one of"},
          {R"({"methods": [{"method": "block_caching", "interval": 0}]})", "interval"},
          {R"({"methods": [{"method": "block_caching", "intervall": 2}]})",
           "no such setting of block_caching"},
          {R"({"methods": [{"method": "block_caching"}, {"method": "block_caching"}]})", "each method once"},
          {R"({"methods": [{"method": "block_caching", "schedule": ["0x"]}]})", "rows of at most"},
          {R"({"methods": [{"method": "block_caching", "schedule": ["0", "7"]}]})", "digits from 0 to 1"},
          {R"({"methods": []})", "at least one"},
          {R"({"methods": [{"method": "block_caching"}], "tuned": {"model_hash": "other", "width": 1, "height": 1,
                "steps": 1, "sampler": "euler", "cfg_scale": 1, "precision": "f32", "device": "cpu"}})",
           "tuned for another model"},
          {R"({})", "methods"}}) {
    folder_.write("plan.json", plan);
    const Output output = paint({"--accelerate", "plan.json", "-o", "no.png"});
    EXPECT_NE(output.code, 0) << plan;
    EXPECT_NE(output.err.find(complaint), std::string::npos) << output.err;
  }
  EXPECT_EQ(paint({"-o", "plain.png", "--accelerate", "missing.json"}).code, 7);
  ASSERT_EQ(paint({"-o", "plain.png"}).code, 0);
  std::filesystem::create_directory(folder_ / "other");
  EXPECT_NE(render({"--replay", "plain.png", "-m", "other"}).code, 0);
  EXPECT_NE(render({"--replay", "nothing.png"}).code, 0);
  EXPECT_EQ(render({"--replay", "plain.png", "--accelerate", "fast"}).code, 2);
  EXPECT_EQ(render({"--exact", "plain.png", "--steps", "3"}).code, 2);
  EXPECT_EQ(paint({"--compare-exact", "-o", "nothing-to-compare.png"}).code, 2);
  folder_.write("taken-exact.png", "kept");
  EXPECT_EQ(paint({"--accelerate", "fast", "--compare-exact", "-o", "taken.png"}).code, 7);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "taken.png"));
}

}  // namespace
}  // namespace diorama::test
