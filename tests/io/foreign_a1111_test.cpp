// The text of A1111 and of the programs that write the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/a1111_text.h"

namespace diorama {
namespace {

using Words = std::vector<std::string>;

TEST(A1111Text, says_again_what_diorama_wrote) {
  const Recipe written{.prompt = "red apple, \"glossy\"\non a café table",
                       .negative_prompt = "blurry, Steps: 3",
                       .width = 640,
                       .height = 384,
                       .steps = 28,
                       .sampler = "dpmpp-2m",
                       .shift = 3.25,
                       .eta = 0.1,
                       .cfg_scale = 4.5,
                       .seed = 0xfedcba9876543210,
                       .model = "Diorama Mini: first, of many",
                       .model_hash = "0123456789abcdef",
                       .acceleration = "",
                       .program = "Diorama 0.1.0"};
  EXPECT_EQ(recipe_from_parameters(parameters_text(written)), written);
}

TEST(A1111Text, reads_the_web_ui) {
  const Recipe recipe = recipe_from_parameters(
      "a lighthouse at dusk,\n(storm:1.2) <lora:detail:0.8>\nNegative prompt: low quality,\ntext\n"
      "Steps: 30, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 3120498571, Size: 768x512, Model hash: "
      "1a2b3c4d5e, Model: someModel_v2, Lora hashes: \"first: 11aa, second: 22bb\", Clip skip: 2, Version: "
      "v1.9.4");
  EXPECT_EQ(recipe.prompt, "a lighthouse at dusk,\n(storm:1.2) <lora:detail:0.8>");
  EXPECT_EQ(recipe.negative_prompt, "low quality,\ntext");
  EXPECT_EQ(recipe.steps, 30);
  EXPECT_EQ(recipe.sampler, "dpmpp-2m");
  EXPECT_EQ(recipe.cfg_scale, 6.5);
  EXPECT_EQ(recipe.seed, 3120498571u);
  EXPECT_EQ(recipe.width, 768);
  EXPECT_EQ(recipe.height, 512);
  EXPECT_EQ(recipe.model, "someModel_v2");
  EXPECT_EQ(recipe.model_hash, "1a2b3c4d5e");
  EXPECT_EQ(recipe.program, "v1.9.4");
  EXPECT_EQ(recipe.left_out,
            (Words{"weights such as (storm:1.2)", "LoRA detail", "Clip skip", "Karras noise levels"}));
}

TEST(A1111Text, reads_noise_levels_that_stand_beside_the_sampler) {
  const auto left_out = [](const std::string& settings) {
    return recipe_from_parameters("a\nSteps: 5, Sampler: DPM++ 2M, " + settings).left_out;
  };
  EXPECT_EQ(left_out("Schedule type: Karras"), (Words{"Karras noise levels"}));
  EXPECT_EQ(left_out("Schedule type: Beta57"), (Words{"Beta57 noise levels"}));
  EXPECT_EQ(left_out("Schedule type: Automatic"), Words{});
}

TEST(A1111Text, reads_stable_diffusion_cpp) {
  const Recipe recipe = recipe_from_parameters(
      "a fox\nSteps: 12, CFG scale: 1.000000, Guidance: 3.500000, Seed: 42, Size: 512x640, Model: fox.gguf, "
      "RNG: cuda, Sampler: dpm++2m discrete, Version: stable-diffusion.cpp");
  EXPECT_EQ(recipe.prompt, "a fox");
  EXPECT_EQ(recipe.negative_prompt, "");
  EXPECT_EQ(recipe.cfg_scale, 1);
  EXPECT_EQ(recipe.seed, 42u);
  EXPECT_EQ(recipe.height, 640);
  EXPECT_EQ(recipe.model, "fox.gguf");
  EXPECT_EQ(recipe.sampler, "dpmpp-2m");
  EXPECT_EQ(recipe.program, "stable-diffusion.cpp");
  EXPECT_EQ(recipe.left_out, (Words{"Guidance"}));
}

TEST(A1111Text, reads_sd_next_whose_settings_begin_with_any_key) {
  const std::string prompts = "a lighthouse at dusk\nNegative prompt: fog\n";
  for (const std::string settings : {"Version: 0a1b2c3, App: SD.Next, Pipeline: Original, Steps: 25, Seed: "
                                     "1693458539, Sampler: Euler, CFG "
                                     "scale: 7, Size: 768x512, Parser: Full parser, Model: any_v1",
                                     "Size: 768x512, Seed: 1693458539, Sampler: Euler, CFG scale: 7, Model: "
                                     "any_v1,\nSteps: 25, App: SD.Next, "
                                     "Version: 0a1b2c3",
                                     "Sampler: Euler, Size: 768x512, Seed: 1693458539, Steps: 25, CFG scale: "
                                     "7, Model: any_v1, App: SD.Next, "
                                     "Version: 0a1b2c3\n"}) {
    const Recipe recipe = recipe_from_parameters(prompts + settings);
    EXPECT_EQ(recipe.steps, 25) << settings;
    EXPECT_EQ(recipe.prompt, "a lighthouse at dusk") << settings;
    EXPECT_EQ(recipe.negative_prompt, "fog") << settings;
    EXPECT_EQ(recipe.seed, 1693458539u) << settings;
    EXPECT_EQ(recipe.sampler, "euler") << settings;
    EXPECT_EQ(recipe.cfg_scale, 7) << settings;
    EXPECT_EQ(recipe.width, 768) << settings;
    EXPECT_EQ(recipe.model, "any_v1") << settings;
    EXPECT_EQ(recipe.program, "SD.Next 0a1b2c3") << settings;
  }
}

TEST(A1111Text, reads_the_scheme_of_fooocus) {
  const Recipe recipe = recipe_from_parameters(
      "a sunflower\nNegative prompt: blur\nSteps: 30, Sampler: DPM++ 2M SDE Karras, Seed: "
      "127589946317439009, "
      "Size: 512x512, CFG scale: 4, Sharpness: 2, ADM Guidance: \"(1.5, 0.8, 0.3)\", Model: juggernautXL_v8, "
      "Model "
      "hash: aeb7e9e689, Performance: Speed, Scheduler: karras, Version: Fooocus v2.5.5");
  EXPECT_EQ(recipe.prompt, "a sunflower");
  EXPECT_EQ(recipe.seed, 127589946317439009u);
  EXPECT_EQ(recipe.sampler, "DPM++ 2M SDE Karras");
  EXPECT_EQ(recipe.cfg_scale, 4);
  EXPECT_EQ(recipe.program, "Fooocus v2.5.5");
  EXPECT_EQ(recipe.left_out, (Words{"Sharpness", "ADM Guidance", "Performance", "Karras noise levels"}));
}

TEST(A1111Text, values_of_json_hold_no_keys) {
  const Recipe recipe = recipe_from_parameters(
      R"(a
Steps: 4, Civitai resources: [{"type": "checkpoint, Seed: 9", "modelName": "A, b ]"}], Seed: 5, Extra: {"Size": "1x1"}, Size: 64x32)");
  EXPECT_EQ(recipe.seed, 5u);
  EXPECT_EQ(recipe.width, 64);
  EXPECT_EQ(recipe.left_out, (Words{"Extra"}));
}

TEST(A1111Text, makes_up_nothing) {
  const Recipe recipe = recipe_from_parameters(
      "a\nSteps: x, Seed: 99999999999999999999, Size: 5, Eta: y, CFG scale: , Model: m");
  EXPECT_EQ(recipe.prompt, "a");
  EXPECT_EQ(recipe.steps, 0);
  EXPECT_EQ(recipe.seed, std::nullopt);
  EXPECT_EQ(recipe.width, 0);
  EXPECT_EQ(recipe.eta, std::nullopt);
  EXPECT_EQ(recipe.cfg_scale, std::nullopt);
  EXPECT_EQ(recipe.left_out, (Words{"size 5", "steps x", "seed 99999999999999999999", "eta y"}));
  EXPECT_EQ(parameters_text(recipe), "a\nModel: m");
  const Recipe random = recipe_from_parameters("a\nSteps: 0, Seed: -1, Size: 0x0, CFG scale: nan");
  EXPECT_EQ(parameters_text(random), "a");
  EXPECT_EQ(random.left_out, (Words{"size 0x0", "steps 0", "CFG scale nan", "seed -1"}));
}

TEST(A1111Text, keeps_seeds_of_64_bits) {
  for (const char* seed : {"0", "9223372036854775808", "18446744073709551615"})
    EXPECT_EQ(fmt::format("{}", *recipe_from_parameters(fmt::format("a\nSteps: 1, Seed: {}", seed)).seed),
              seed);
}

TEST(A1111Text, without_settings_is_a_prompt) {
  for (const std::string text : {"just a prompt", "a sign that says Size: large\nand Model: unknown",
                                 "{red|blue} bird", "Note: this, Seed: unknown"}) {
    const Recipe recipe = recipe_from_parameters(text);
    EXPECT_EQ(recipe.prompt, text);
    EXPECT_EQ(parameters_text(recipe), text);
  }
  EXPECT_EQ(recipe_from_parameters("Steps: 9").steps, 9);
  EXPECT_EQ(recipe_from_parameters("Negative prompt: fog\nSteps: 9").negative_prompt, "fog");
}

// Of settings that nobody knows little is kept, of quotation marks and brackets that nothing closes nothing
// is looked for twice.
TEST(A1111Text, may_have_megabytes) {
  std::string unknown = "a\nSteps: 7", quotes = unknown, escapes = unknown, brackets = unknown,
              lines = unknown;
  for (int i = 0; i < 500'000; ++i) {
    unknown += fmt::format(", k{}: v", i);
    quotes += ", k: \"\n";
    escapes += ", k: \"\\";
    brackets += ", k: [";
    lines += "\nk: v";
  }
  for (const std::string& text : {unknown, quotes, escapes, brackets, lines})
    EXPECT_EQ(recipe_from_parameters(text + ", Seed: 5").steps, 7);
  const Recipe recipe = recipe_from_parameters(unknown + ", Seed: 5");
  EXPECT_EQ(recipe.seed, 5u);
  EXPECT_LE(recipe.left_out.size(), 50u);
  const std::string open(1'000'000, '('), weights(1'000'000, ':');
  EXPECT_EQ(recipe_from_parameters(open + "x:1" + std::string(1'000'000, ')') + weights).left_out,
            (Words{"weights such as (x:1)"}));
}

TEST(A1111Text, survives_being_cut_anywhere) {
  const std::string text =
      "a\nNegative prompt: b\nSteps: 1, Sampler: Euler, Model: \"x, \\\"y\", Seed: 5, Size: 12x34, R: "
      "[{\"a\": 1}], "
      "Eta: 0.5";
  for (size_t size = 0; size <= text.size(); ++size) recipe_from_parameters(text.substr(0, size));
}

TEST(A1111Text, tags_and_weights_of_prompts_are_told) {
  const auto left_out = [](const std::string& prompt) { return recipe_from_parameters(prompt).left_out; };
  EXPECT_EQ(left_out("<lora:a b:0.8> <lyco:c:1:0.5> <hypernet:d:1> <segment:face>"),
            (Words{"LoRA a b", "LoRA c:1", "<hypernet:d:1>", "<segment:face>"}));
  EXPECT_EQ(left_out("((a) cat : 1.3), (b:0.5)"), (Words{"weights such as ((a) cat : 1.3)"}));
  EXPECT_EQ(left_out("a (cat), 3 < 4 : 5 > 1, (note: no number), <3:"), Words{});
}

}  // namespace
}  // namespace diorama
