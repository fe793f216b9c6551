// Which text of a picture is read, and as what.
#include "io/foreign_recipe.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "test_folder.h"

namespace diorama {
namespace {

using Texts = std::vector<PngText>;

constexpr const char* kSwarm = R"({"sui_image_params": {"prompt": "swarm", "seed": 77, "steps": 20}})";
constexpr const char* kInvoke = R"({"app_version": "5.0", "positive_prompt": "invoke", "seed": 3})";
constexpr const char* kGraph =
    R"({"1": {"class_type": "KSampler", "inputs": {"steps": 4, "cfg": 1, "positive": "comfy", "negative": ""}}})";

std::string prompt_in(const Texts& texts) {
  return read_recipe(texts, "x.png").value().prompt;
}

TEST(ForeignRecipe, is_told_by_its_text) {
  EXPECT_EQ(prompt_in({{"parameters", "a1111\nSteps: 1, Seed: 1"}}), "a1111");
  EXPECT_EQ(prompt_in({{"parameters", kSwarm}}), "swarm");
  EXPECT_EQ(prompt_in({{"parameters", std::string("\n ") + kSwarm}}), "swarm");
  EXPECT_EQ(
      prompt_in({{"fooocus_scheme", "fooocus"}, {"parameters", R"({"prompt": "fooocus", "seed": "7"})"}}),
      "fooocus");
  EXPECT_EQ(prompt_in({{"invokeai_metadata", kInvoke}}), "invoke");
  EXPECT_EQ(prompt_in({{"prompt", kGraph}}), "comfy");
  EXPECT_EQ(prompt_in({{"parameters", kGraph}}), "comfy");
  EXPECT_EQ(prompt_in({{"parameters", "{red|blue} bird\nSteps: 1"}}), "{red|blue} bird");
}

TEST(ForeignRecipe, own_names_win) {
  const Texts texts = {{"parameters", "theirs\nSteps: 1, Seed: 1"}, {"diorama", R"({"prompt": "ours"})"}};
  EXPECT_EQ(prompt_in(texts), "ours");
  EXPECT_EQ(read_recipe(std::span(texts).first(1), "x.png")->prompt, "theirs");
}

TEST(ForeignRecipe, a_text_that_cannot_be_read_hides_no_other) {
  const PngText good{"parameters", "good\nSteps: 1"};
  for (const PngText& bad :
       {PngText{"prompt", "not json"}, PngText{"prompt", "{}"}, PngText{"invokeai_metadata", "{\"a\":"},
        PngText{.keyword = "prompt", .problem = "a compressed text in the PNG is damaged"}}) {
    EXPECT_EQ(prompt_in({bad, good}), "good") << bad.text;
    EXPECT_EQ(prompt_in({good, bad}), "good") << bad.text;
  }
  EXPECT_EQ(prompt_in({{.keyword = "parameters", .problem = "the PNG holds more text than can be read"},
                       {"prompt", kGraph}}),
            "comfy");
  EXPECT_EQ(prompt_in({{"parameters", R"({"unknown": 1})"}, {"prompt", kGraph}}), "comfy");
}

TEST(ForeignRecipe, json_is_no_prompt) {
  for (const char* text : {R"({"unknown": 1})", R"({"sui_image_params": {"prompt": "cut)"})
    test::expect_fault(Fault::file_system, {"x.png"}, [&] {
      read_recipe(Texts{{"parameters", text}}, "x.png");
    });
}

TEST(ForeignRecipe, texts_are_bounded_and_labels_shown) {
  const auto read = [](const std::string& keyword, const std::string& text) {
    return read_recipe(Texts{{keyword, text}}, "x.png");
  };
  const auto recipe = read("parameters", "a\nSteps: 1, Model: x\x1b]0;y\x07, Clip skip: 2, Seed: \x1b[2J");
  EXPECT_EQ(recipe->model, "x\xef\xbf\xbd]0;y\xef\xbf\xbd");
  EXPECT_EQ(recipe->left_out, (std::vector<std::string>{"Clip skip", "seed \xef\xbf\xbd[2J"}));
  const std::string too_long(kMaxPrompt + 1, 'x');
  for (const auto& [keyword, text] :
       {std::pair<std::string, std::string>("parameters", too_long),
        {"parameters", "a\nNegative prompt: " + too_long + "\nSteps: 1"},
        {"parameters", R"({"sui_image_params": {"prompt": ")" + too_long + "\"}}"},
        {"prompt", R"({"1": {"inputs": {"steps": 4, "negative": "", "positive": ")" + too_long + "\"}}}"}})
    test::expect_fault(Fault::file_system, {"x.png: ", "prompt is 256 KiB"}, [&] { read(keyword, text); });
}

}  // namespace
}  // namespace diorama
