// The model that ships against its golden.safetensors: fp32 results of the code it was trained with.
#include <gtest/gtest.h>

#include <limits>

#include "golden_file.h"
#include "io/model_folder.h"
#include "models/comparison.h"
#include "ops/devices.h"
#include "pipeline/pipeline.h"
#include "study/trace.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

const std::string kModel = std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini/";
constexpr double kTolerance = 1e-4;  // relative L2

const GoldenFile& golden() {
  static const GoldenFile file(kModel, "golden.safetensors");
  return file;
}

std::vector<std::string> prompts(const char* key) {
  return nlohmann::json::parse(golden().metadata().at(key).get<std::string>())
      .get<std::vector<std::string>>();
}

// Row i of [B, ..] as [1, ..].
HostTensor row(const HostTensor& tensor, int64_t i) {
  Shape shape = tensor.shape;
  shape[0] = 1;
  const auto size = static_cast<ptrdiff_t>(shape.num_elements());
  return {shape, {tensor.values.begin() + i * size, tensor.values.begin() + (i + 1) * size}};
}

class DioramaMini : public ::testing::TestWithParam<TestDevice> {
 protected:
  DioramaMini() : folder_(ModelFolder::open(kModel)), device_(GetParam().device) {}

  HostTensor run(Part part, const NamedTensors& inputs) {
    const std::string component(component_of(part));
    return trace(*device_, folder_.config(component), CheckpointSource(folder_.component(component)), inputs,
                 {.part = part})
        .at("output");
  }

  ModelFolder folder_;
  std::shared_ptr<Device> device_;
};

TEST_P(DioramaMini, ids_that_are_none_are_refused) {
  for (const float id :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30f, 0.5f})
    test::expect_fault(Fault::usage, {"[trace]", "'ids'"}, [&] {
      run(Part::text_encoder, {{"ids", HostTensor({1, 1}, {id})}, {"mask", HostTensor({1, 1}, {1})}});
    });
}

TEST_P(DioramaMini, text_encoder_agrees) {
  const HostTensor text =
      run(Part::text_encoder, {{"ids", golden().tensor("ids")}, {"mask", golden().tensor("mask")}});
  EXPECT_LE(relative_l2(text, golden().tensor("text")), kTolerance);
}

TEST_P(DioramaMini, transformer_agrees) {
  const HostTensor output = run(Part::transformer, {{"latent", golden().tensor("latent")},
                                                    {"timestep", golden().tensor("timestep")},
                                                    {"text", golden().tensor("text")},
                                                    {"text_mask", golden().tensor("mask")}});
  EXPECT_LE(relative_l2(output, golden().tensor("output")), kTolerance);
}

TEST_P(DioramaMini, autoencoder_agrees) {
  EXPECT_LE(relative_l2(run(Part::vae_decoder, {{"latent", golden().tensor("vae.latent")}}),
                        golden().tensor("vae.image")),
            kTolerance);
  EXPECT_LE(relative_l2(run(Part::vae_encoder, {{"image", golden().tensor("vae.encoder_image")}}),
                        golden().tensor("vae.encoder_latent")),
            kTolerance);
}

// 20 guided steps amplify differences in the last bit, so the latent gets more room than one forward.
TEST_P(DioramaMini, whole_run_agrees) {
  Pipeline pipeline(folder_, *device_, choose_precision("f32", *device_));
  const auto texts = prompts("run.prompts");
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto index = static_cast<int64_t>(i);
    const RenderResult result =
        pipeline.render_from({.prompt = texts[i], .steps = 20, .cfg_scale = 4.0, .sampler = "euler"},
                             row(golden().tensor("run.noise"), index));
    EXPECT_LE(relative_l2(result.latent, row(golden().tensor("run.latent"), index)), kTolerance);
    const Image expected = to_image(row(golden().tensor("run.image"), index));
    int worst = 0;
    for (size_t p = 0; p < expected.rgb.size(); ++p)
      worst = std::max(worst, std::abs(int{expected.rgb[p]} - int{result.image.rgb[p]}));
    EXPECT_LE(worst, 1) << texts[i];
  }
}

INSTANTIATE_TEST_SUITE_P(All, DioramaMini, ::testing::ValuesIn(main_test_devices()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace diorama::test
