#include "io/recipe.h"

#include <gtest/gtest.h>

#include "base/deflate.h"
#include "base/error.h"
#include "base/utf8.h"
#include "io/foreign_recipe.h"
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
  return recipe_in_png(std::as_bytes(std::span(file.data(), file.size())), "x.png");
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

TEST(ForeignRecipe, reads_the_web_ui_of_a1111) {
  const Recipe recipe = recipe_from_parameters(
      "a lighthouse at dusk,\n(storm:1.2)\nNegative prompt: low quality,\ntext\n"
      "Steps: 30, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 3120498571, Size: 768x512, Model hash: "
      "1a2b3c4d5e, "
      "Model: someModel_v2, Lora hashes: \"first: 11aa, second: 22bb\", Clip skip: 2, Version: v1.9.4");
  EXPECT_EQ(recipe.prompt, "a lighthouse at dusk,\n(storm:1.2)");
  EXPECT_EQ(recipe.negative_prompt, "low quality,\ntext");
  EXPECT_EQ(recipe.steps, 30);
  EXPECT_EQ(recipe.sampler, "DPM++ 2M Karras");
  EXPECT_EQ(recipe.cfg_scale, 6.5);
  EXPECT_EQ(recipe.seed, 3120498571u);
  EXPECT_EQ(recipe.width, 768);
  EXPECT_EQ(recipe.height, 512);
  EXPECT_EQ(recipe.model, "someModel_v2");
  EXPECT_EQ(recipe.program, "v1.9.4");
}

TEST(ForeignRecipe, reads_stable_diffusion_cpp) {
  const Recipe recipe = recipe_from_parameters(
      "a fox\nSteps: 12, CFG scale: 1.000000, Guidance: 3.500000, Seed: 42, Size: 512x640, Model: fox.gguf, "
      "RNG: cuda, "
      "Sampler: dpm++2m discrete, Version: stable-diffusion.cpp");
  EXPECT_EQ(recipe.prompt, "a fox");
  EXPECT_EQ(recipe.negative_prompt, "");
  EXPECT_EQ(recipe.cfg_scale, 1);
  EXPECT_EQ(recipe.seed, 42u);
  EXPECT_EQ(recipe.height, 640);
  EXPECT_EQ(recipe.model, "fox.gguf");
  EXPECT_EQ(recipe.program, "stable-diffusion.cpp");
}

constexpr const char* kComfyUi = R"({
  "3": {"class_type": "KSampler", "inputs": {"seed": 156680208700286, "steps": ["20", 0], "cfg": 8,
        "sampler_name": "dpmpp_2m", "scheduler": "normal", "denoise": 1, "model": ["10", 0],
        "positive": ["12", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "base.safetensors"}},
  "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 832, "height": 1216, "batch_size": 1}},
  "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["21", 0], "clip": ["4", 1]}},
  "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "watermark", "clip": ["4", 1]}},
  "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "x", "model": ["4", 0]}},
  "12": {"class_type": "ControlNetApply", "inputs": {"positive": ["6", 0], "strength": 1}},
  "20": {"class_type": "Steps", "inputs": {"steps": 25}},
  "21": {"class_type": "Text", "inputs": {"text": "glass bottle"}}
})";

TEST(ForeignRecipe, follows_the_links_of_a_comfyui_graph) {
  const Recipe recipe = recipe_from_comfyui(kComfyUi, "x.png");
  EXPECT_EQ(recipe.prompt, "glass bottle");
  EXPECT_EQ(recipe.negative_prompt, "watermark");
  EXPECT_EQ(recipe.seed, 156680208700286u);
  EXPECT_EQ(recipe.steps, 25);
  EXPECT_EQ(recipe.cfg_scale, 8);
  EXPECT_EQ(recipe.sampler, "dpmpp-2m");
  EXPECT_EQ(recipe.width, 832);
  EXPECT_EQ(recipe.height, 1216);
  EXPECT_EQ(recipe.model, "base.safetensors");
}

nlohmann::json sampler(const nlohmann::json& positive, const nlohmann::json& junk = nullptr) {
  return {{"inputs", {{"steps", 4}, {"cfg", 1}, {"positive", positive}, {"negative", ""}, {"junk", junk}}}};
}

// Nothing is copied on the way: this would be gigabytes and minutes.
TEST(ForeignRecipe, follows_a_comfyui_graph_of_any_size_and_depth) {
  constexpr int kNodes = 100'000;
  std::string junk = "[";
  for (int i = 0; i < 200'000; ++i) junk += "[],";
  const auto graph = [&](const char* key) {
    std::string text = R"({"0": {"inputs": {"steps": ["1", 0], "cfg": ["1", 0], "positive": ["1", 0],
        "negative": ["1", 0], "junk": )" +
                       junk + "0]}}";
    for (int i = 1; i < kNodes; ++i)
      text += fmt::format(R"(,"{}":{{"inputs":{{"{}":["{}",0]}}}})", i, key, i + 1);
    return text + fmt::format(R"(,"{}":{{"inputs":{{"positive": "the end"}}}}}})", kNodes);
  };
  EXPECT_EQ(recipe_from_comfyui(graph("positive"), "x.png").prompt, "the end");
  EXPECT_EQ(recipe_from_comfyui(graph("other"), "x.png").prompt, "");
}

TEST(ForeignRecipe, ends_where_a_long_comfyui_chain_meets_itself) {
  nlohmann::json graph{{"0", sampler({"1", 0})}};
  for (int i = 1; i < 1000; ++i)
    graph[std::to_string(i)] = {{"inputs", {{"positive", {std::to_string(i % 999 + 1), 0}}}}};
  EXPECT_EQ(recipe_from_comfyui(graph.dump(), "x.png").prompt, "");
}

TEST(ForeignRecipe, odd_links_of_a_comfyui_graph_lead_nowhere) {
  for (const char* link :
       {"[]", "[1, 0]", "[null]", "[\"none\", 0]", "[\"5\", 0]", "[\"6\", 0]", "[\"7\", 0]", "{}", "7"}) {
    nlohmann::json graph{{"0", sampler(nlohmann::json::parse(link))}, {"5", 5}, {"6", {{"inputs", "x"}}}};
    graph["7"] = {{"inputs", {{"text", nullptr}}}};
    EXPECT_EQ(recipe_from_comfyui(graph.dump(), "x.png").prompt, "") << link;
  }
}

TEST(ForeignRecipe, says_what_is_wrong_with_a_comfyui_graph) {
  for (const std::string text : {"not json", R"({"1": {})"})
    test::expect_fault(Fault::file_system, {"x.png: ComfyUI graph"},
                       [&] { recipe_from_comfyui(text, "x.png"); });
}

// Of settings that nobody knows nothing is kept, of quotation marks that nothing closes nothing is looked for
// twice.
TEST(ForeignRecipe, reads_parameters_of_megabytes) {
  std::string unknown = "a\nSteps: 7", quotes = unknown, escapes = unknown;
  for (int i = 0; i < 500'000; ++i) {
    unknown += fmt::format(", k{}: v", i);
    quotes += ", k: \"\n";
    escapes += ", k: \"\\";
  }
  for (const std::string& text : {unknown, quotes, escapes})
    EXPECT_EQ(recipe_from_parameters(text + ", Seed: 5").steps, 7);
  EXPECT_EQ(recipe_from_parameters(unknown + ", Seed: 5").seed, 5u);
}

TEST(ForeignRecipe, texts_are_bounded_and_labels_shown) {
  const auto read = [](const std::string& keyword, const std::string& text) {
    return read_recipe(std::vector<PngText>{{keyword, text}}, "x.png");
  };
  EXPECT_EQ(read("parameters", "a\nSteps: 1, Model: x\x1b]0;y\x07")->model, "x\xef\xbf\xbd]0;y\xef\xbf\xbd");
  EXPECT_EQ(read("prompt", nlohmann::json{{"0", sampler("a")}}.dump())->prompt, "a");
  const std::string too_long(kMaxPrompt + 1, 'x');
  for (const auto& [keyword, text] : {std::pair<std::string, std::string>("parameters", too_long),
                                      {"parameters", "a\nNegative prompt: " + too_long + "\nSteps: 1"},
                                      {"prompt", nlohmann::json{{"0", sampler(too_long)}}.dump()}})
    test::expect_fault(Fault::file_system, {"x.png: ", "prompt is 256 KiB"}, [&] { read(keyword, text); });
}

TEST(ForeignRecipe, ends_where_a_comfyui_graph_runs_in_circles) {
  const Recipe recipe = recipe_from_comfyui(
      R"({"1": {"inputs": {"steps": 4, "cfg": 1, "positive": ["2", 0], "negative": ["9", 0]}},
          "2": {"inputs": {"positive": ["2", 0]}}, "3": 5, "4": {"inputs": []}})",
      "x.png");
  EXPECT_EQ(recipe.steps, 4);
  EXPECT_EQ(recipe.prompt, "");
}

TEST(ForeignRecipe, says_when_a_comfyui_graph_has_no_sampler) {
  const std::string deep = R"({"1": {"inputs": {"steps": 1, "cfg": )" + std::string(1'000'000, '[') +
                           std::string(1'000'000, ']') + "}}}";
  for (const std::string& text : {std::string("{}"), std::string("[1]"), std::string("not json"),
                                  std::string(R"({"1": {"class_type": "LoadImage", "inputs": {}}})"), deep})
    EXPECT_THROW(recipe_from_comfyui(text, "x.png"), Error) << text.substr(0, 60);
}

TEST(ForeignRecipe, survives_damaged_parameters) {
  const std::string text =
      "a\nNegative prompt: b\nSteps: 1, Sampler: Euler, Model: \"x, \\\"y\", Seed: 5, Size: 12x34, Eta: 0.5";
  for (size_t size = 0; size <= text.size(); ++size) recipe_from_parameters(text.substr(0, size));
  EXPECT_EQ(recipe_from_parameters("Steps: 9").steps, 9);
  EXPECT_EQ(recipe_from_parameters("just a prompt").prompt, "just a prompt");
  const Recipe recipe = recipe_from_parameters("a\nSteps: x, Seed: 99999999999999999999, Size: 5, Eta: y");
  EXPECT_EQ(recipe.seed, 0u);
  EXPECT_EQ(recipe.eta, std::nullopt);
}

TEST(ForeignRecipe, own_names_win_over_foreign_chunks) {
  const std::vector<PngText> texts = {{"parameters", "theirs\nSteps: 1, Seed: 1"},
                                      {"diorama", R"({"prompt": "ours"})"}};
  EXPECT_EQ(read_recipe(texts, "x.png")->prompt, "ours");
  EXPECT_EQ(read_recipe(std::span(texts).first(1), "x.png")->prompt, "theirs");
}

}  // namespace
}  // namespace diorama
