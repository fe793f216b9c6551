#include "io/recipe.h"

#include <gtest/gtest.h>

#include "base/deflate.h"
#include "base/error.h"
#include "base/utf8.h"
#include "io/a1111_text.h"
#include "io/picture_texts.h"
#include "io/png_chunks.h"
#include "test_folder.h"

namespace diorama {
namespace {

Recipe full_recipe() {
  return {.prompt = "red apple, \"glossy\"\non a café table 🍎",
          .negative_prompt = "blurry, Steps: 3",
          .class_label = 207,
          .class_name = "golden retriever",
          .width = 640,
          .height = 384,
          .steps = 28,
          .sampler = "dpmpp-2m",
          .shift = 3.25,
          .eta = 0.1,
          .cfg_scale = 4.5,
          .guidance_begin = 0.125,
          .guidance_end = 0.75,
          .seed = 0xfedcba9876543210,
          .model = "Diorama Mini: first, of many",
          .model_hash = "0123456789abcdef",
          .precision = "bf16",
          .device = "cpu, avx512",
          .acceleration = "balanced",
          .decisions = {{"blocks", {1, 0, 1}}},
          .program = "Diorama 0.1.0"};
}

std::string one_text(const Recipe& recipe, std::string_view keyword) {
  for (const PngText& text : recipe_texts(recipe))
    if (text.keyword == keyword) return text.text;
  return {};
}

TEST(Recipe, round_trips_through_a_picture) {
  const Image image{2, 1, {1, 2, 3, 4, 5, 6}};
  for (const Recipe& recipe : {full_recipe(), Recipe{}}) {
    const std::string file = encode_png(image, recipe_texts(recipe));
    const auto texts = read_png_texts(std::as_bytes(std::span(file.data(), file.size())), "x.png");
    EXPECT_EQ(read_recipe(texts, "x.png"), recipe);
  }
}

TEST(Recipe, is_absent_from_pictures_without_one) {
  EXPECT_EQ(read_recipe({}, "x.png"), std::nullopt);
  EXPECT_EQ(read_recipe(std::vector<PngText>{{"Author", "somebody"}}, "x.png"), std::nullopt);
}

TEST(Recipe, names_the_key_that_is_wrong) {
  for (const std::string text :
       {R"({"steps": "x"})", R"({"seed": -1})", R"({"guidance_interval": [1]})", "[]", "{"})
    try {
      recipe_from_json(text, "x.png");
      ADD_FAILURE() << "accepted " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::file_system) << error.what();
      EXPECT_TRUE(std::string_view(error.what()).starts_with("x.png: ")) << error.what();
    }
}

TEST(Recipe, replaces_what_is_not_utf8) {
  Recipe recipe{.prompt = "caf\xe9"};
  EXPECT_EQ(one_text(recipe, "parameters").substr(0, 6), "caf\xef\xbf\xbd");
  EXPECT_EQ(recipe_from_json(one_text(recipe, "diorama"), "x").prompt, "caf\xef\xbf\xbd");
}

std::string problem_of(const std::string& json) {
  try {
    recipe_from_json(json, "x.png");
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::file_system) << error.what();
    EXPECT_TRUE(std::string_view(error.what()).starts_with("x.png: ")) << error.what();
    return error.what();
  }
  return {};
}

TEST(Recipe, what_is_only_shown_is_one_line_that_can_be_shown) {
  const Recipe recipe = recipe_from_json(R"({"model": "a\u001b]0;owned\u0007b", "device": "x\ny",
      "sampler": "\u009b31m", "precision": "\u202eabc", "class_name": "\u0000", "program": "p\r",
      "model_hash": "\t", "acceleration": "\u001b[2J", "prompt": "two\nlines"})",
                                         "x.png");
  EXPECT_EQ(recipe.model,
            "a\xef\xbf\xbd]0;owned\xef\xbf\xbd"
            "b");
  EXPECT_EQ(recipe.device, "x\xef\xbf\xbdy");
  EXPECT_EQ(recipe.sampler,
            "\xef\xbf\xbd"
            "31m");
  for (const std::string& label :
       {recipe.precision, recipe.class_name, recipe.program, recipe.model_hash, recipe.acceleration})
    EXPECT_EQ(label, one_line(label));
  EXPECT_EQ(recipe.prompt, "two\nlines");
  EXPECT_LE(recipe_from_json(R"({"model": ")" + std::string(100'000, 'm') + "\"}", "x.png").model.size(),
            200u);
}

TEST(Recipe, prompts_have_a_length) {
  const auto with = [](const char* key, size_t size) {
    return nlohmann::json{{key, std::string(size, 'x')}}.dump();
  };
  for (const char* key : {"prompt", "negative_prompt"}) {
    EXPECT_NO_THROW(recipe_from_json(with(key, kMaxPrompt), "x.png"));
    EXPECT_LT(problem_of(with(key, kMaxPrompt + 1)).size(), 200u);
  }
  EXPECT_NE(problem_of(R"({"prompt": "a\u0000b"})").find("zero"), std::string::npos);
}

TEST(Recipe, has_no_hundred_thousands_of_values) {
  std::string many = "0";
  for (int i = 0; i < 200'000; ++i) many += ",{}";
  for (const std::string key : {"decisions", "branch", "unknown", "guidance_interval"})
    problem_of("{\"" + key + "\": [" + many + "]}");
  // Commas in a prompt are none.
  EXPECT_NO_THROW(recipe_from_json(R"({"prompt": "\" )" + std::string(200'000, ',') + "\"}", "x.png"));
}

// A chain of branches is read again for each of them: the longer it is, the less text it may have.
TEST(Recipe, of_many_branches_is_not_large) {
  const auto chain = [](int length, size_t size) {
    nlohmann::json recipe{{"unknown", std::string(size, 'x')}};
    for (int i = 0; i < length; ++i) recipe = {{"branch", {{"parent", recipe}, {"step", 1}}}};
    return recipe.dump();
  };
  EXPECT_NO_THROW(recipe_from_json(chain(16, 10'000), "x.png"));
  EXPECT_NO_THROW(recipe_from_json(chain(0, size_t{15} << 20), "x.png"));
  problem_of(chain(16, size_t{15} << 20));
}

std::string png_chunk(const std::string& type, const std::string& data) {
  return png::make_chunk(type, data);
}

std::string picture(const std::string& chunks) {
  return std::string(png::kSignature) + png_chunk("IHDR", std::string("\0\0\0\1\0\0\0\1\x8\2\0\0\0", 13)) +
         chunks + png_chunk("IEND", "");
}

std::optional<Recipe> recipe_in(const std::string& file) {
  return recipe_in_picture(std::as_bytes(std::span(file.data(), file.size())), "x.png");
}

std::string broken(std::string chunk) {
  chunk.back() = static_cast<char>(chunk.back() ^ 1);
  return chunk;
}

TEST(RecipeInPng, is_found_beside_whatever_is_broken) {
  const std::string own = png_chunk("zTXt", std::string("diorama\0\0", 9) + deflate(R"({"prompt": "ours"})"));
  const std::string theirs = png_chunk("tEXt", std::string("parameters\0theirs\nSteps: 1, Version: v1", 38));
  const std::string cut = png_chunk("iTXt", "XML:com.adobe.xmp");
  const std::string packed = png_chunk("zTXt", std::string("Comment\0\0damaged", 16));
  const std::string wrong_sum = broken(png_chunk("tEXt", std::string("Title\0x", 7)));
  for (const std::string& bad : {cut, packed, wrong_sum, cut + packed + wrong_sum}) {
    EXPECT_EQ(recipe_in(picture(bad + own))->prompt, "ours");
    EXPECT_EQ(recipe_in(picture(own + bad))->prompt, "ours");
    EXPECT_EQ(recipe_in(picture(bad + theirs))->prompt, "theirs");
  }
  EXPECT_EQ(recipe_in(picture(cut + packed)), std::nullopt);
  EXPECT_EQ(recipe_in(picture(png_chunk("zTXt", "parameters") + own))->prompt, "ours");
}

// What stands in the other text of a picture by Diorama is not all of it.
TEST(RecipeInPng, that_is_broken_is_not_passed_over) {
  const std::string own = png_chunk("zTXt", std::string("diorama\0\0", 9) + deflate(R"({"prompt": "ours"})"));
  const std::string other =
      png_chunk("tEXt", std::string("parameters\0ours\nSteps: 1, Version: Diorama 0.1.0", 48));
  const std::string not_packed = png_chunk("zTXt", std::string("diorama\0\0x", 10));
  for (const std::string& file :
       {picture(broken(own)), picture(broken(own) + other), picture(other + not_packed), picture(not_packed)})
    test::expect_fault(Fault::file_system, {"x.png: "}, [&] { recipe_in(file); });
}

TEST(Parameters, have_the_layout_of_galleries) {
  const Recipe recipe{.prompt = "red apple",
                      .negative_prompt = "blurry",
                      .width = 128,
                      .height = 96,
                      .steps = 20,
                      .sampler = "dpmpp-2m",
                      .cfg_scale = 4.5,
                      .seed = 7,
                      .model = "Mini, small",
                      .model_hash = "ab12",
                      .program = "Diorama 0.1.0"};
  EXPECT_EQ(parameters_text(recipe),
            "red apple\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, CFG scale: 4.5, Seed: 7, "
            "Size: 128x96, Model hash: ab12, Model: \"Mini, small\", Version: Diorama 0.1.0");
}

TEST(Parameters, say_again_what_diorama_wrote) {
  const Recipe written = full_recipe();
  const Recipe read = recipe_from_parameters(parameters_text(written));
  EXPECT_EQ(read.prompt, written.prompt);
  EXPECT_EQ(read.negative_prompt, written.negative_prompt);
  EXPECT_EQ(read.width, written.width);
  EXPECT_EQ(read.height, written.height);
  EXPECT_EQ(read.steps, written.steps);
  EXPECT_EQ(read.sampler, written.sampler);
  EXPECT_EQ(read.shift, written.shift);
  EXPECT_EQ(read.eta, written.eta);
  EXPECT_EQ(read.cfg_scale, written.cfg_scale);
  EXPECT_EQ(read.seed, written.seed);
  EXPECT_EQ(read.model, written.model);
  EXPECT_EQ(read.model_hash, written.model_hash);
  EXPECT_EQ(read.program, written.program);
}

// What another program did not say.
TEST(Parameters, say_nothing_of_what_is_not_known) {
  EXPECT_EQ(parameters_text({.prompt = "red apple"}), "red apple");
  EXPECT_EQ(parameters_text({.prompt = "red apple", .steps = 20, .cfg_scale = 0, .seed = 0}),
            "red apple\nSteps: 20, CFG scale: 0, Seed: 0");
  const auto json = to_json({.prompt = "red apple", .acceleration = ""});
  for (const char* key : {"width", "height", "steps", "sampler", "cfg_scale", "seed", "model", "model_hash",
                          "precision", "device", "acceleration", "program", "left_out"})
    EXPECT_FALSE(json.contains(key)) << key;
}

TEST(Recipe, keeps_what_is_not_known_and_what_was_left_out) {
  const Recipe recipe{.prompt = "red apple", .width = 64, .height = 32, .left_out = {"Clip skip", "seed -1"}};
  EXPECT_EQ(recipe_from_json(to_json(recipe).dump(), "x.png"), recipe);
}

TEST(Recipe, holds_seeds_of_64_bits) {
  const Recipe recipe{.seed = 18446744073709551615u};
  EXPECT_EQ(recipe_from_json(to_json(recipe).dump(), "x.png").seed, 18446744073709551615u);
  EXPECT_NE(parameters_text(recipe).find("Seed: 18446744073709551615"), std::string::npos);
}

}  // namespace
}  // namespace diorama
