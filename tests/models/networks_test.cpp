// Full forwards of every network against the published PyTorch code (tests/golden/networks.safetensors, made
// by tools/golden/networks.py) on weights and inputs that both sides generate.
//
// Each of these changes to the engine turns a test of this file red (tools/mutations.py tries them):
//   LayerNorm eps 1e-5 for 1e-6 in DiT's attention norm or final norm, 1e-6 for 1e-5 in its feed-forward norm
//   sinusoid frequencies over 127 for 128 (PixArt) and over 128 for 127 (DiT)
//   sines before cosines in the sinusoid; cosines before sines, or rows before columns, in the positions
//   the text mask dropped in PixArt's cross attention or in T5
//   patches read with the channel fastest, or written with the channel slowest
//   exact GELU for the tanh form; T5's attention scaled by 1 / sqrt(d); its soft clamp dropped in
//   AutoencoderTiny AutoencoderKL's downsampling padded on all sides
#include <gtest/gtest.h>

#include "generator.h"
#include "golden_file.h"
#include "models/comparison.h"
#include "models/generated_source.h"
#include "ops/devices.h"
#include "study/trace.h"

namespace diorama::test {
namespace {

// Relative L2. fp32 sums in another order differ by about 1e-6 in the transformers, where the list above
// moves the output by 5e-6 at the least. Group norms over few pixels amplify it in the autoencoders, and T5's
// unscaled logits over 150 tokens do: there fp32 and fp64 PyTorch already differ by up to 3.5e-5.
double tolerance(Part part) {
  return part == Part::transformer ? 4e-6 : 2e-5;
}

Part part_of(const std::string& class_name, const std::string& case_name) {
  if (class_name == "T5EncoderModel") return Part::text_encoder;
  if (case_name.ends_with(".encoder")) return Part::vae_encoder;
  if (case_name.ends_with(".decoder")) return Part::vae_decoder;
  return Part::transformer;
}

const GoldenFile& golden() {
  static const GoldenFile file("networks");
  return file;
}

Part part_of_case(const std::string& case_name) {
  return part_of(golden().description(case_name).at("class").get<std::string>(), case_name);
}

NamedTensors run(Device& device, const std::string& case_name,
                 const nlohmann::json& changes = nlohmann::json::object()) {
  const nlohmann::json description = golden().description(case_name);
  nlohmann::json config = description.at("config");
  config.merge_patch(changes);
  const auto class_name = description.at("class").get<std::string>();
  if (!config.contains("_class_name")) config["_class_name"] = class_name;
  NamedTensors inputs;
  for (const auto& [name, input_description] : description.at("inputs").items())
    inputs[name] = input(case_name, name, input_description);
  return trace(device, Config::parse(config.dump(), case_name), GeneratedSource(), inputs,
               {.part = part_of_case(case_name), .blocks = true});
}

// What diffusers' configs leave out has the value that its classes give it.
TEST(NetworkDefaults, norm_eps) {
  const TestDevice cpu = main_test_devices().front();
  const auto same = [&](const std::string& case_name, double expected) {
    return run(*cpu.device, case_name, {{"norm_eps", nullptr}}).at("output").values ==
           run(*cpu.device, case_name, {{"norm_eps", expected}}).at("output").values;
  };
  EXPECT_TRUE(same("pixart.g", 1e-6));
  EXPECT_TRUE(same("dit.d", 1e-5));
  EXPECT_FALSE(same("pixart.g", 1e-5));
  EXPECT_FALSE(same("dit.d", 1e-6));
}

class Networks : public ::testing::TestWithParam<std::tuple<TestDevice, std::string>> {};

TEST_P(Networks, agree_with_the_published_code) {
  const auto& [device, case_name] = GetParam();
  const NamedTensors outputs = run(*device.device, case_name);
  ASSERT_TRUE(golden().has(case_name + "/output"));
  for (const std::string& name : golden().tensors_of(case_name)) {
    const std::string stored = case_name + "/" + name;
    ASSERT_TRUE(outputs.contains(name)) << stored << " was not traced";
    const double error = relative_l2(outputs.at(name), golden().tensor(stored));
    EXPECT_LE(error, tolerance(part_of_case(case_name))) << stored << " on " << device.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Networks,
                         ::testing::Combine(::testing::ValuesIn(main_test_devices()),
                                            ::testing::ValuesIn(golden().cases())),
                         [](const auto& test) {
                           return std::get<0>(test.param).name + "_" + test_name(std::get<1>(test.param));
                         });

}  // namespace
}  // namespace diorama::test
