// `metadata` and --replay on pictures of other programs.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <span>

#include "cli/program.h"
#include "io/png.h"

namespace diorama::test {
namespace {

class MetadataTest : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::vector<PngText>& texts) const {
    folder_.write(name, encode_png(Image{1, 1, {1, 2, 3}}, texts));
  }
  Output run(const std::vector<std::string>& arguments) const { return run_program(folder_, arguments); }

  TestFolder folder_;
};

TEST_F(MetadataTest, shows_what_is_known_and_names_the_rest) {
  write("a.png",
        {{"parameters",
          "a red fox\nNegative prompt: fog\nVersion: 0a1b2c3, Steps: 25, Seed: 18446744073709551615, "
          "Sampler: Euler a, Clip skip: 2, Size: 768x512"}});
  const Output text = run({"metadata", "a.png"});
  EXPECT_EQ(text.code, 0);
  EXPECT_EQ(text.out,
            "a red fox\nNegative prompt: fog\nSteps: 25, Sampler: Euler a, Seed: 18446744073709551615, Size: "
            "768x512, Version: 0a1b2c3\n");
  EXPECT_NE(text.err.find("sampler Euler a; Clip skip"), std::string::npos) << text.err;
  const auto json = nlohmann::json::parse(run({"metadata", "--json", "a.png"}).out);
  EXPECT_EQ(json.at("seed"), 18446744073709551615u);
  EXPECT_EQ(json.at("left_out"), (nlohmann::json{"sampler Euler a", "Clip skip"}));
  for (const char* key : {"cfg_scale", "model", "device", "precision", "acceleration"})
    EXPECT_FALSE(json.contains(key)) << key;
}

TEST_F(MetadataTest, makes_up_nothing) {
  write("a.png", {{"parameters", R"({"sui_image_params": {"prompt": "a cat", "seed": -1}})"}});
  EXPECT_EQ(run({"metadata", "a.png"}).out, "a cat\nVersion: SwarmUI\n");
  const auto json = nlohmann::json::parse(run({"metadata", "--json", "a.png"}).out);
  for (const char* key : {"seed", "steps", "width", "height", "sampler"})
    EXPECT_FALSE(json.contains(key)) << key;
}

TEST_F(MetadataTest, a_prompt_that_cannot_be_followed_is_said) {
  write("a.png",
        {{"prompt", R"({"1": {"class_type": "KSampler", "inputs": {"steps": 4, "cfg": 1, "negative": "",
                   "positive": ["2", 0]}}, "2": {"class_type": "Oracle", "inputs": {}}})"}});
  const Output output = run({"metadata", "a.png"});
  EXPECT_EQ(output.out, "Steps: 4, CFG scale: 1, Version: ComfyUI\n");
  EXPECT_NE(output.err.find("prompt behind the node Oracle"), std::string::npos) << output.err;
}

TEST_F(MetadataTest, nothing_of_a_picture_acts_on_the_terminal) {
  write("a.png",
        {{"parameters", "a \x1b]0;x\x07 fox <lora:\x1b[2J:1>\nSteps: 5, Sampler: \x1b[1m, Seed: \x1b[3m"}});
  for (const std::vector<std::string>& command : {std::vector<std::string>{"metadata", "a.png"},
                                                  {"metadata", "--json", "a.png"},
                                                  {"render", "--replay", "a.png"}}) {
    const Output output = run(command);
    EXPECT_EQ((output.out + output.err).find('\x1b'), std::string::npos) << command.back();
  }
}

TEST_F(MetadataTest, pictures_of_others_are_no_exact_recipes) {
  write("a.png", {{"parameters", "a cat\nSteps: 5"}});
  const Output output = run({"render", "--replay", "a.png"});
  EXPECT_EQ(output.code, 2);
  EXPECT_NE(output.err.find("was not made by Diorama"), std::string::npos) << output.err;
}

TEST_F(MetadataTest, other_files_are_refused_by_name) {
  folder_.write("a.gif", "GIF89a and so on");
  const Output output = run({"metadata", "a.gif"});
  EXPECT_EQ(output.code, 7);
  EXPECT_NE(output.err.find("a.gif: is neither a PNG nor a JPEG nor a WebP"), std::string::npos)
      << output.err;
}

}  // namespace
}  // namespace diorama::test
