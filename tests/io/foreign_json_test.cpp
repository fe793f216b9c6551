// Settings in JSON, as SwarmUI, Fooocus and InvokeAI write them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/settings_json.h"

namespace diorama {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

Recipe read(const std::string& text) {
  return recipe_from_settings(Json::parse(text)).value();
}

TEST(SettingsJson, reads_swarmui) {
  const Recipe recipe =
      read(R"json({"sui_image_params": {"prompt": "a cat <lora:x:1>", "negativeprompt": "dog",
      "model": "Official/sd_xl_base", "seed": 18446744073709551615, "steps": 20, "cfgscale": 7.0,
      "aspectratio": "1:1", "width": 1024, "height": 768, "sampler": "dpmpp_2m", "scheduler": "karras",
      "sigmashift": 3.0, "loras": ["x"], "loraweights": ["1"], "automaticvae": true, "swarm_version": "0.9.8.1"},
      "sui_extra_data": {"date": "today"}, "sui_models": []})json");
  EXPECT_EQ(recipe.prompt, "a cat <lora:x:1>");
  EXPECT_EQ(recipe.negative_prompt, "dog");
  EXPECT_EQ(recipe.seed, 18446744073709551615u);
  EXPECT_EQ(recipe.steps, 20);
  EXPECT_EQ(recipe.cfg_scale, 7);
  EXPECT_EQ(recipe.width, 1024);
  EXPECT_EQ(recipe.height, 768);
  EXPECT_EQ(recipe.sampler, "dpmpp-2m");
  EXPECT_EQ(recipe.shift, 3);
  EXPECT_EQ(recipe.model, "Official/sd_xl_base");
  EXPECT_EQ(recipe.program, "SwarmUI 0.9.8.1");
  EXPECT_EQ(recipe.left_out,
            (Words{"LoRA x", "Karras noise levels", "automaticvae", "loras", "loraweights"}));
}

TEST(SettingsJson, reads_fooocus) {
  const Recipe recipe =
      read(R"json({"prompt": "A sunflower field", "negative_prompt": "", "seed": "127589946317439009",
      "steps": 30, "guidance_scale": 4, "resolution": "(896, 1152)", "base_model": "juggernautXL_v8",
      "base_model_hash": "aeb7e9e689", "sampler": "dpmpp_2m_sde_gpu", "scheduler": "karras", "sharpness": 2,
      "performance": "Speed", "refiner_model": "None", "full_prompt": ["x"], "styles": "['Fooocus V2']",
      "loras": [["offset", 0.1, "4852686128"]], "metadata_scheme": "fooocus", "version": "Fooocus v2.5.5"})json");
  EXPECT_EQ(recipe.prompt, "A sunflower field");
  EXPECT_EQ(recipe.negative_prompt, "");
  EXPECT_EQ(recipe.seed, 127589946317439009u);
  EXPECT_EQ(recipe.steps, 30);
  EXPECT_EQ(recipe.cfg_scale, 4);
  EXPECT_EQ(recipe.width, 896);
  EXPECT_EQ(recipe.height, 1152);
  EXPECT_EQ(recipe.model, "juggernautXL_v8");
  EXPECT_EQ(recipe.model_hash, "aeb7e9e689");
  EXPECT_EQ(recipe.sampler, "dpmpp_2m_sde_gpu");
  EXPECT_EQ(recipe.program, "Fooocus v2.5.5");
  EXPECT_EQ(recipe.left_out, (Words{"Karras noise levels", "loras", "performance", "sharpness", "styles"}));
}

TEST(SettingsJson, reads_the_first_fooocus) {
  const Recipe recipe =
      read(R"json({"Prompt": "dinosaur", "Negative Prompt": "rain", "Resolution": "(1024, 1024)",
      "Guidance Scale": 1.0, "Base Model": "sd_xl_base_1.0.safetensors", "Sampler": "lcm", "Scheduler": "lcm",
      "Seed": 6515525224486854496, "Version": "v2.1.860"})json");
  EXPECT_EQ(recipe.prompt, "dinosaur");
  EXPECT_EQ(recipe.negative_prompt, "rain");
  EXPECT_EQ(recipe.width, 1024);
  EXPECT_EQ(recipe.cfg_scale, 1);
  EXPECT_EQ(recipe.model, "sd_xl_base_1.0.safetensors");
  EXPECT_EQ(recipe.seed, 6515525224486854496u);
  EXPECT_EQ(recipe.program, "Fooocus v2.1.860");
  EXPECT_EQ(recipe.steps, 0);
}

TEST(SettingsJson, reads_invokeai) {
  const Recipe recipe =
      read(R"json({"app_version": "5.4.2", "generation_mode": "sdxl_txt2img", "positive_prompt": "a barn",
      "negative_prompt": null, "width": 832, "height": 1216, "seed": 4294967295, "rand_device": "cpu",
      "cfg_scale": 5.5, "steps": 25, "scheduler": "dpmpp_2m_k", "clip_skip": 0,
      "model": {"key": "k", "hash": "blake3:12", "name": "Juggernaut XL", "base": "sdxl", "type": "main"},
      "controlnets": [], "loras": [{"weight": 0.75}]})json");
  EXPECT_EQ(recipe.prompt, "a barn");
  EXPECT_EQ(recipe.negative_prompt, "");
  EXPECT_EQ(recipe.width, 832);
  EXPECT_EQ(recipe.height, 1216);
  EXPECT_EQ(recipe.seed, 4294967295u);
  EXPECT_EQ(recipe.cfg_scale, 5.5);
  EXPECT_EQ(recipe.steps, 25);
  EXPECT_EQ(recipe.sampler, "dpmpp-2m");
  EXPECT_EQ(recipe.model, "Juggernaut XL");
  EXPECT_EQ(recipe.model_hash, "blake3:12");
  EXPECT_EQ(recipe.program, "InvokeAI 5.4.2");
  EXPECT_EQ(recipe.left_out, (Words{"Karras noise levels", "loras"}));
}

TEST(SettingsJson, reads_the_first_invokeai) {
  const Recipe recipe =
      read(R"json({"model": "stable diffusion", "model_weights": "sd-1.5", "model_hash": "cc6c",
      "app_id": "invoke-ai/InvokeAI", "app_version": "2.3.5", "image": {"prompt": [{"prompt": "a barn", "weight": 1}],
      "steps": 50, "cfg_scale": 7.5, "threshold": 0, "perlin": 0, "height": 512, "width": 640, "seed": 42,
      "type": "txt2img", "postprocessing": null, "sampler": "k_euler", "variations": []}})json");
  EXPECT_EQ(recipe.prompt, "a barn");
  EXPECT_EQ(recipe.steps, 50);
  EXPECT_EQ(recipe.cfg_scale, 7.5);
  EXPECT_EQ(recipe.width, 640);
  EXPECT_EQ(recipe.seed, 42u);
  EXPECT_EQ(recipe.sampler, "euler");
  EXPECT_EQ(recipe.model, "sd-1.5");
  EXPECT_EQ(recipe.program, "InvokeAI 2.3.5");
  EXPECT_EQ(recipe.left_out, Words{});
}

TEST(SettingsJson, makes_up_nothing) {
  const Recipe recipe =
      read(R"json({"sui_image_params": {"prompt": "a cat", "seed": -1, "steps": 2.5, "cfgscale": "x",
      "width": 1024, "height": 0}})json");
  EXPECT_EQ(parameters_text(recipe), "a cat\nVersion: SwarmUI");
  EXPECT_EQ(recipe.left_out, (Words{"seed -1", "steps 2.5", "CFG scale x", "size 1024x0"}));
  const Recipe bare = read(R"json({"prompt": "a cat", "seed": 1.8446744073709552e19, "steps": null})json");
  EXPECT_EQ(parameters_text(bare), "a cat");
  EXPECT_EQ(bare.left_out.size(), 1u);
}

TEST(SettingsJson, of_other_programs_are_not_guessed) {
  for (const char* text : {"{}", "[]", "7", R"json({"a": 1})json", R"json({"prompt": 5})json",
                           R"json({"sui_image_params": []})json"})
    EXPECT_EQ(recipe_from_settings(Json::parse(text)), std::nullopt) << text;
}

}  // namespace
}  // namespace diorama
