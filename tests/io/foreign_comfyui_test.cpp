// Graphs of ComfyUI.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "io/comfyui_recipe.h"
#include "test_folder.h"

namespace diorama {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

Json link(const char* id, int output = 0) {
  return Json::array({id, output});
}

Json node(const char* type, Json inputs) {
  return {{"class_type", type}, {"inputs", std::move(inputs)}};
}

// The usual seven nodes, some of them replaced and some added.
Json graph(const Json& changes = Json::object()) {
  Json nodes{{"3", node("KSampler", {{"seed", 156680208700286},
                                     {"steps", 20},
                                     {"cfg", 8.0},
                                     {"sampler_name", "euler"},
                                     {"scheduler", "normal"},
                                     {"denoise", 1.0},
                                     {"model", link("4")},
                                     {"positive", link("6")},
                                     {"negative", link("7")},
                                     {"latent_image", link("5")}})},
             {"4", node("CheckpointLoaderSimple", {{"ckpt_name", "base.safetensors"}})},
             {"5", node("EmptyLatentImage", {{"width", 832}, {"height", 1216}, {"batch_size", 1}})},
             {"6", node("CLIPTextEncode", {{"text", "a red fox"}, {"clip", link("4", 1)}})},
             {"7", node("CLIPTextEncode", {{"text", "blurry"}, {"clip", link("4", 1)}})},
             {"8", node("VAEDecode", {{"samples", link("3")}, {"vae", link("4", 2)}})},
             {"9", node("SaveImage", {{"filename_prefix", "x"}, {"images", link("8")}})}};
  nodes.update(changes);
  return nodes;
}

Recipe read(const Json& graph) {
  return recipe_from_comfyui(graph.dump(), "x.png");
}

Json sampler_with(const char* input, const Json& value) {
  Json sampler = graph()["3"];
  sampler["inputs"][input] = value;
  return sampler;
}

TEST(ComfyUi, reads_the_usual_graph) {
  const Recipe recipe = read(graph());
  EXPECT_EQ(recipe.prompt, "a red fox");
  EXPECT_EQ(recipe.negative_prompt, "blurry");
  EXPECT_EQ(recipe.seed, 156680208700286u);
  EXPECT_EQ(recipe.steps, 20);
  EXPECT_EQ(recipe.cfg_scale, 8);
  EXPECT_EQ(recipe.sampler, "euler");
  EXPECT_EQ(recipe.width, 832);
  EXPECT_EQ(recipe.height, 1216);
  EXPECT_EQ(recipe.model, "base.safetensors");
  EXPECT_EQ(recipe.program, "ComfyUI");
  EXPECT_EQ(recipe.left_out, Words{});
}

TEST(ComfyUi, reads_what_python_writes_and_json_has_not) {
  const std::string text = graph().dump();
  for (const std::string value : {"[NaN]", "NaN", "[Infinity]", "-Infinity"}) {
    const Recipe recipe = recipe_from_comfyui(
        text.substr(0, text.size() - 1) + R"(, "10": {"class_type": "X", "inputs": {}, "is_changed": )" +
            value + R"(, "is_changed": )" + value + "}}",
        "x.png");
    EXPECT_EQ(recipe.prompt, "a red fox");
  }
  EXPECT_EQ(read(graph({{"3", sampler_with("cfg", std::nan(""))}})).cfg_scale, std::nullopt);
}

TEST(ComfyUi, reads_texts_of_primitive_nodes) {
  for (const auto& [type, input] : {std::pair{"PrimitiveString", "value"},
                                    {"PrimitiveStringMultiline", "value"},
                                    {"String Literal", "string"},
                                    {"Text Multiline", "text"},
                                    {"CR Prompt Text", "prompt"},
                                    {"Simple String", "string"}}) {
    const Recipe recipe =
        read(graph({{"6", node("CLIPTextEncode", {{"text", link("20")}, {"clip", link("4", 1)}})},
                    {"20", node(type, {{input, "a grey owl"}})}}));
    EXPECT_EQ(recipe.prompt, "a grey owl") << type;
    EXPECT_EQ(recipe.left_out, Words{}) << type;
  }
}

TEST(ComfyUi, reads_texts_that_are_joined_or_drawn) {
  const auto prompt_of = [](const Json& source) {
    return read(graph({{"6", node("CLIPTextEncode", {{"text", link("20")}})},
                       {"20", source},
                       {"21", node("PrimitiveString", {{"value", "owl"}})}}))
        .prompt;
  };
  EXPECT_EQ(prompt_of(node("StringConcatenate",
                           {{"string_a", "a grey"}, {"string_b", link("21")}, {"delimiter", " "}})),
            "a grey owl");
  EXPECT_EQ(
      prompt_of(node("ImpactWildcardProcessor",
                     {{"wildcard_text", "{grey|white} owl"}, {"populated_text", "white owl"}, {"seed", 1}})),
      "white owl");
}

TEST(ComfyUi, reads_every_encoder) {
  for (const auto& [type, inputs] : std::vector<std::pair<const char*, Json>>{
           {"CLIPTextEncodeSDXL",
            {{"text_g", "a grey owl"}, {"text_l", "a grey owl"}, {"width", 1024}, {"height", 1024}}},
           {"CLIPTextEncodeSDXL", {{"text_g", ""}, {"text_l", "a grey owl"}}},
           {"CLIPTextEncodeSDXLRefiner",
            {{"text", "a grey owl"}, {"ascore", 6}, {"width", 1024}, {"height", 1024}}},
           {"CLIPTextEncodeFlux", {{"clip_l", ""}, {"t5xxl", "a grey owl"}, {"guidance", 3.5}}},
           {"CLIPTextEncodeFlux", {{"clip_l", "a grey owl"}, {"t5xxl", ""}, {"guidance", 3.5}}},
           {"CLIPTextEncodeSD3", {{"clip_l", ""}, {"clip_g", ""}, {"t5xxl", "a grey owl"}}},
           {"CLIPTextEncodePixArtAlpha", {{"width", 1024}, {"height", 1024}, {"text", "a grey owl"}}},
           {"CLIPTextEncodeHunyuanDiT", {{"bert", "a grey owl"}, {"mt5xl", "a grey owl"}}},
           {"CLIPTextEncodeLumina2", {{"system_prompt", "superior"}, {"user_prompt", "a grey owl"}}},
           {"T5TextEncode", {{"text", "a grey owl"}, {"T5", link("4")}}},
           {"TextEncodeQwenImageEdit", {{"prompt", "a grey owl"}, {"image", link("4")}}}}) {
    const Recipe recipe = read(graph({{"6", node(type, inputs)}}));
    EXPECT_EQ(recipe.prompt, "a grey owl") << type << inputs;
    EXPECT_EQ(recipe.left_out, inputs.contains("guidance") ? Words{"guidance 3.5"} : Words{}) << type;
  }
}

TEST(ComfyUi, a_second_text_of_an_encoder_is_told) {
  const Recipe recipe = read(
      graph({{"6", node("CLIPTextEncodeSDXL", {{"text_g", "a grey owl"}, {"text_l", "oil painting"}})}}));
  EXPECT_EQ(recipe.prompt, "a grey owl");
  EXPECT_EQ(recipe.left_out, (Words{"text_l: oil painting"}));
}

TEST(ComfyUi, follows_conditioning) {
  const Json other = node("CLIPTextEncode", {{"text", "a grey owl"}});
  for (const auto& [changing, prompt, told] : std::vector<std::tuple<Json, const char*, const char*>>{
           {node("FluxGuidance", {{"guidance", 3.5}, {"conditioning", link("6")}}), "a red fox",
            "FluxGuidance 3.5"},
           {node("ConditioningCombine", {{"conditioning_1", link("6")}, {"conditioning_2", link("40")}}),
            "a red fox, a grey owl", "ConditioningCombine"},
           {node("ConditioningCombine", {{"conditioning_1", link("6")}, {"conditioning_2", link("6")}}),
            "a red fox", "ConditioningCombine"},
           {node("ConditioningConcat", {{"conditioning_to", link("6")}, {"conditioning_from", link("40")}}),
            "a red fox, a grey owl", "ConditioningConcat"},
           {node("ConditioningAverage", {{"conditioning_to", link("6")},
                                         {"conditioning_from", link("40")},
                                         {"conditioning_to_strength", 0.5}}),
            "a red fox, a grey owl", "ConditioningAverage"},
           {node("ConditioningSetArea",
                 {{"conditioning", link("6")}, {"width", 64}, {"height", 64}, {"x", 0}}),
            "a red fox", "ConditioningSetArea"},
           {node("ConditioningSetTimestepRange", {{"conditioning", link("6")}, {"start", 0.0}, {"end", 0.5}}),
            "a red fox", "ConditioningSetTimestepRange"},
           {node("ControlNetApply",
                 {{"conditioning", link("6")}, {"control_net", link("4")}, {"strength", 1}}),
            "a red fox", "ControlNetApply"},
           {node("ControlNetApplyAdvanced",
                 {{"positive", link("6")}, {"negative", link("7")}, {"strength", 1}}),
            "a red fox", "ControlNetApplyAdvanced"}}) {
    const Recipe recipe =
        read(graph({{"3", sampler_with("positive", link("30"))}, {"30", changing}, {"40", other}}));
    EXPECT_EQ(recipe.prompt, prompt) << told;
    EXPECT_EQ(recipe.left_out, (Words{told}));
    EXPECT_EQ(recipe.width, 832) << told;
  }
}

TEST(ComfyUi, follows_reroutes) {
  const Recipe recipe = read(graph({{"3", sampler_with("positive", link("30"))},
                                    {"30", node("Reroute", {{"", link("31")}})},
                                    {"31", node("Reroute (rgthree)", {{"input", link("6")}})}}));
  EXPECT_EQ(recipe.prompt, "a red fox");
  EXPECT_EQ(recipe.left_out, Words{});
}

TEST(ComfyUi, conditioning_that_is_zeroed_says_no_words) {
  const Recipe recipe = read(graph({{"3", sampler_with("negative", link("30"))},
                                    {"30", node("ConditioningZeroOut", {{"conditioning", link("6")}})}}));
  EXPECT_EQ(recipe.prompt, "a red fox");
  EXPECT_EQ(recipe.negative_prompt, "");
}

TEST(ComfyUi, both_prompts_go_through_one_node) {
  const Recipe recipe =
      read(graph({{"3", sampler_with("positive", link("30"))},
                  {"30", node("Efficient Loader",
                              {{"positive", "a barn"}, {"negative", "rain"}, {"ckpt_name", "m"}})}}));
  EXPECT_EQ(recipe.prompt, "a barn");
  EXPECT_EQ(recipe.negative_prompt, "blurry");
  EXPECT_EQ(recipe.left_out, Words{});
}

TEST(ComfyUi, reads_numbers_of_other_nodes) {
  Json sampler = graph()["3"];
  sampler["inputs"].update(
      {{"seed", link("20")}, {"steps", link("21")}, {"cfg", link("22")}, {"sampler_name", link("25")}});
  const Recipe recipe =
      read(graph({{"3", sampler},
                  {"5", node("EmptySD3LatentImage", {{"width", link("23")}, {"height", link("24")}})},
                  {"20", node("Seed (rgthree)", {{"seed", 18446744073709551615u}})},
                  {"21", node("PrimitiveInt", {{"value", 28}})},
                  {"22", node("PrimitiveFloat", {{"value", 4.5}})},
                  {"23", node("INTConstant", {{"value", 768}})},
                  {"24", node("Int Literal", {{"int", 512}})},
                  {"25", node("Sampler Selector", {{"sampler_name", "dpmpp_2m"}})}}));
  EXPECT_EQ(recipe.seed, 18446744073709551615u);
  EXPECT_EQ(recipe.steps, 28);
  EXPECT_EQ(recipe.cfg_scale, 4.5);
  EXPECT_EQ(recipe.width, 768);
  EXPECT_EQ(recipe.height, 512);
  EXPECT_EQ(recipe.sampler, "dpmpp-2m");
}

Json custom(const Json& guider) {
  return graph({{"3", node("SamplerCustomAdvanced", {{"noise", link("20")},
                                                     {"guider", link("21")},
                                                     {"sampler", link("22")},
                                                     {"sigmas", link("23")},
                                                     {"latent_image", link("5")}})},
                {"5", node("EmptySD3LatentImage", {{"width", 1024}, {"height", 768}, {"batch_size", 1}})},
                {"20", node("RandomNoise", {{"noise_seed", 7}})},
                {"21", guider},
                {"22", node("KSamplerSelect", {{"sampler_name", "euler"}})},
                {"23", node("SplitSigmas", {{"step", 3}, {"sigmas", link("24")}})},
                {"24", node("BasicScheduler",
                            {{"scheduler", "beta"}, {"steps", 28}, {"denoise", 1.0}, {"model", link("25")}})},
                {"25", node("ModelSamplingSD3", {{"shift", 3.0}, {"model", link("26")}})},
                {"26", node("LoraLoaderModelOnly", {{"lora_name", "detail"}, {"model", link("27")}})},
                {"27", node("UNETLoader", {{"unet_name", "flux1-dev.safetensors"}})}});
}

TEST(ComfyUi, reads_custom_samplers) {
  const Recipe recipe =
      read(custom(node("BasicGuider", {{"model", link("25")}, {"conditioning", link("6")}})));
  EXPECT_EQ(recipe.prompt, "a red fox");
  EXPECT_EQ(recipe.negative_prompt, "");
  EXPECT_EQ(recipe.seed, 7u);
  EXPECT_EQ(recipe.steps, 28);
  EXPECT_EQ(recipe.cfg_scale, 1) << "there is no guidance without a negative prompt";
  EXPECT_EQ(recipe.sampler, "euler");
  EXPECT_EQ(recipe.width, 1024);
  EXPECT_EQ(recipe.height, 768);
  EXPECT_EQ(recipe.shift, 3);
  EXPECT_EQ(recipe.model, "flux1-dev.safetensors");
  EXPECT_EQ(recipe.left_out, (Words{"beta noise levels", "LoRA detail"}));
  const Recipe guided = read(custom(node(
      "CFGGuider", {{"model", link("25")}, {"positive", link("6")}, {"negative", link("7")}, {"cfg", 5.0}})));
  EXPECT_EQ(guided.prompt, "a red fox");
  EXPECT_EQ(guided.negative_prompt, "blurry");
  EXPECT_EQ(guided.cfg_scale, 5);
  const Recipe simple = read(graph({{"3", node("SamplerCustom", {{"model", link("4")},
                                                                 {"noise_seed", 9},
                                                                 {"cfg", 2},
                                                                 {"positive", link("6")},
                                                                 {"negative", link("7")},
                                                                 {"sampler", link("22")},
                                                                 {"sigmas", link("23")},
                                                                 {"latent_image", link("5")}})},
                                    {"22", node("SamplerDPMPP_2M_SDE", {{"eta", 1.0}})},
                                    {"23", node("SDTurboScheduler", {{"steps", 4}, {"denoise", 1.0}})}}));
  EXPECT_EQ(simple.seed, 9u);
  EXPECT_EQ(simple.steps, 4);
  EXPECT_EQ(simple.cfg_scale, 2);
  EXPECT_EQ(simple.sampler, "SamplerDPMPP_2M_SDE");
}

TEST(ComfyUi, reads_the_first_of_several_samplers_of_the_picture_that_is_saved) {
  Json second = graph()["3"];
  second["inputs"].update({{"seed", 99}, {"steps", 5}, {"denoise", 0.5}, {"latent_image", link("50")}});
  const Recipe recipe =
      read(graph({{"1", node("KSamplerAdvanced", second["inputs"])},  // nobody saves what it makes
                  {"8", node("VAEDecode", {{"samples", link("51")}})},
                  {"50", node("LatentUpscaleBy", {{"samples", link("3")}, {"scale_by", 2}})},
                  {"51", second}}));
  EXPECT_EQ(recipe.seed, 156680208700286u);
  EXPECT_EQ(recipe.steps, 20);
  EXPECT_EQ(recipe.width, 832);
  EXPECT_EQ(recipe.left_out, (Words{"KSampler after the first sampler"}));
}

TEST(ComfyUi, reads_the_advanced_sampler) {
  Json inputs = graph()["3"]["inputs"];
  inputs.erase("seed");
  inputs.update({{"noise_seed", 12345678901234567890u}, {"add_noise", "enable"}, {"end_at_step", 10000}});
  EXPECT_EQ(read(graph({{"3", node("KSamplerAdvanced", inputs)}})).seed, 12345678901234567890u);
}

TEST(ComfyUi, says_what_it_cannot_follow_and_makes_up_nothing) {
  Json sampler = graph()["3"];
  sampler["inputs"].update(
      {{"seed", link("20")}, {"steps", link("20")}, {"cfg", link("20")}, {"latent_image", link("22")}});
  const Recipe recipe =
      read(graph({{"3", sampler},
                  {"6", node("CLIPTextEncode", {{"text", link("21")}})},
                  {"20", node("Oracle", {{"question", "?"}, {"a", link("4")}})},
                  {"21", node("StringReplace", {{"string", "a"}, {"find", "a"}, {"replace", "b"}})},
                  {"22", node("VAEEncode", {{"pixels", link("23")}, {"vae", link("4", 2)}})},
                  {"23", node("LoadImage", {{"image", "x.png"}})}}));
  EXPECT_EQ(recipe.prompt, "");
  EXPECT_EQ(recipe.seed, std::nullopt);
  EXPECT_EQ(recipe.steps, 0);
  EXPECT_EQ(recipe.cfg_scale, std::nullopt);
  EXPECT_EQ(recipe.width, 0);
  EXPECT_EQ(recipe.left_out,
            (Words{"steps behind the node Oracle", "seed behind the node Oracle",
                   "CFG scale behind the node Oracle", "prompt behind the node StringReplace",
                   "size behind the node LoadImage"}));
  EXPECT_EQ(parameters_text(recipe),
            "\nNegative prompt: blurry\nSampler: Euler, Model: base.safetensors, Version: ComfyUI");
}

TEST(ComfyUi, numbers_out_of_range_are_left_out) {
  Json sampler = graph()["3"];
  sampler["inputs"].update({{"seed", -5}, {"steps", 99999999999}, {"denoise", 0.6}});
  const Recipe recipe = read(graph({{"3", sampler}}));
  EXPECT_EQ(recipe.seed, std::nullopt);
  EXPECT_EQ(recipe.steps, 0);
  EXPECT_EQ(recipe.left_out, (Words{"steps 99999999999", "denoise 0.6", "seed -5"}));
}

Json bare_sampler(const Json& positive) {
  return {{"inputs", {{"steps", 4}, {"cfg", 1}, {"positive", positive}, {"negative", ""}}}};
}

// Nothing is copied on the way: this would be gigabytes and minutes.
TEST(ComfyUi, follows_a_graph_of_any_size_and_depth) {
  constexpr int kNodes = 100'000;
  std::string junk = "[";
  for (int i = 0; i < 200'000; ++i) junk += "[],";
  const auto chain = [&](const char* key) {
    std::string text = R"({"0": {"inputs": {"steps": ["1", 0], "cfg": ["1", 0], "positive": ["1", 0],
        "negative": ["1", 0], "junk": )" +
                       junk + "0]}}";
    for (int i = 1; i < kNodes; ++i)
      text += fmt::format(R"(,"{}":{{"inputs":{{"{}":["{}",0]}}}})", i, key, i + 1);
    return text + fmt::format(R"(,"{}":{{"inputs":{{"positive": "the end"}}}}}})", kNodes);
  };
  EXPECT_EQ(recipe_from_comfyui(chain("positive"), "x.png").prompt, "the end");
  EXPECT_EQ(recipe_from_comfyui(chain("other"), "x.png").prompt, "");
}

// Each node says the text of the next one twice.
TEST(ComfyUi, a_text_does_not_grow_without_bound) {
  Json nodes{{"0", bare_sampler(link("e"))}, {"e", node("CLIPTextEncode", {{"text", link("1")}})}};
  for (int i = 1; i < 64; ++i) {
    const std::string next = std::to_string(i + 1);
    nodes[std::to_string(i)] =
        node("StringConcatenate",
             {{"string_a", link(next.c_str())}, {"string_b", link(next.c_str())}, {"delimiter", ""}});
  }
  nodes["64"] = node("PrimitiveString", {{"value", "x"}});
  EXPECT_EQ(read(nodes).prompt, "");
  EXPECT_EQ(read(nodes).left_out, (Words{"prompt behind the node StringConcatenate"}));
}

TEST(ComfyUi, ends_where_a_chain_meets_itself) {
  Json nodes{{"0", bare_sampler(link("1"))}};
  for (int i = 1; i < 1000; ++i)
    nodes[std::to_string(i)] = {{"inputs", {{"positive", {std::to_string(i % 999 + 1), 0}}}}};
  EXPECT_EQ(read(nodes).prompt, "");
  for (const char* input : {"text", "seed", "steps", "model", "latent_image", "noise", "sigmas", "guider"}) {
    Json circle = graph({{"3", sampler_with(input, link("30"))},
                         {"6", node("CLIPTextEncode", {{"text", link("30")}})},
                         {"30", node("Circle", {{input, link("30")}, {"value", link("30")}})}});
    EXPECT_NO_THROW(read(circle)) << input;
  }
}

TEST(ComfyUi, odd_links_lead_nowhere) {
  for (const char* odd :
       {"[]", "[1, 0]", "[null]", "[\"none\", 0]", "[\"5\", 0]", "[\"6\", 0]", "[\"7\", 0]", "{}", "7"}) {
    Json nodes{{"0", bare_sampler(Json::parse(odd))}, {"5", 5}, {"6", {{"inputs", "x"}}}};
    nodes["7"] = {{"inputs", {{"text", nullptr}}}};
    EXPECT_EQ(read(nodes).prompt, "") << odd;
  }
}

TEST(ComfyUi, says_what_is_wrong) {
  for (const std::string text : {"not json", R"({"1": {})"})
    test::expect_fault(Fault::file_system, {"x.png: ComfyUI graph"},
                       [&] { recipe_from_comfyui(text, "x.png"); });
  const std::string deep = R"({"1": {"inputs": {"steps": 1, "cfg": )" + std::string(1'000'000, '[') +
                           std::string(1'000'000, ']') + "}}}";
  for (const std::string& text : {std::string("{}"), std::string("[1]"), std::string("not json"),
                                  std::string(R"({"1": {"class_type": "LoadImage", "inputs": {}}})"), deep})
    EXPECT_THROW(recipe_from_comfyui(text, "x.png"), Error) << text.substr(0, 60);
}

}  // namespace
}  // namespace diorama
